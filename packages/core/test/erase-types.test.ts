/** TypeScript on a Node.js without type stripping, with the cache that `NODE_COMPILE_CACHE` asks for. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("type erasure");
/** A newer Node.js erases types itself, and has a cache of its own. */
const isOurs = !("typescript" in process.features && process.features.typescript);
const REGISTER = new URL("../src/register-ts.mjs", import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), "acc-erase-"));
test.after(() => rmSync(folder, { recursive: true }));

/** Runs a script that holds the code; its cache is a path inside the test's folder. */
function run(code: string, cache: string | undefined, name = "script.ts") {
  const script = join(folder, name);
  writeFileSync(script, code);
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", REGISTER, script], {
    encoding: "utf8",
    timeout: 120_000,
    env: cache === undefined ? env : { ...env, NODE_COMPILE_CACHE: join(folder, cache) },
  });
  return { stdout, stderr, status };
}

function kept(cache: string): string[] {
  if (!existsSync(join(folder, cache))) return [];
  return readdirSync(join(folder, cache), { recursive: true, encoding: "utf8" }).filter((path) =>
    path.includes("erased-types"),
  );
}

const WHERE = 'console.log(new Error("").stack?.split("\\n")[1]?.trim());\n';

test("gives the same program, with the same places, from the cache", () => {
  const code = `type A = {\n  a: number;\n};\nconst a: A = { a: 1 }; ${WHERE}`;
  const plain = run(code, undefined);
  assert.match(plain.stdout, /script\.ts:4:\d+/);
  for (const _ of ["filled", "used"]) assert.equal(run(code, "places"), plain);
  assert.is(kept("places").filter((path) => path.endsWith(".js")).length, isOurs ? 1 : 0);
});

test("sees a change of a script, also one that does not change its length", () => {
  const code = (value: number) => `const a: number = ${value};\nconsole.log(a);\n`;
  for (const value of [1, 2, 1]) assert.is(run(code(value), "changes").stdout, `${value}\n`);
});

test("keeps nothing without the variable, and nothing that cannot be parsed", () => {
  assert.is(run("const a: number = 1;\nconsole.log(a);\n", undefined).stdout, "1\n");
  for (let times = 0; times < 2; times++) {
    const { status, stderr } = run("const a: number = ;\n", "broken");
    assert.is(status, 1);
    assert.match(stderr, "SyntaxError");
    assert.match(stderr, "script.ts");
  }
  assert.equal(kept("broken"), []);
});

test("runs the script where it cannot keep anything", () => {
  writeFileSync(join(folder, "file"), "");
  assert.is(run("const a: number = 1;\nconsole.log(a);\n", "file/below").stdout, "1\n");
});

if (isOurs) {
  test("takes CommonJS from the cache too", () => {
    const code = `const a: number = 1;\nmodule.exports = a; ${WHERE}`;
    const plain = run(code, undefined, "script.cts");
    assert.match(plain.stdout, /script\.cts:2:\d+/);
    for (const _ of ["filled", "used"]) {
      assert.is(run(code, "common", "script.cts").stdout, plain.stdout);
    }
    assert.is(kept("common").filter((path) => path.endsWith(".js")).length, 1);
  });
}

test.run();
