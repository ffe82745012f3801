/** Importing modules by a relative path, with and without the cache that `NODE_COMPILE_CACHE` asks for. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";

const test = suite("relative imports");
const REGISTER = new URL("../src/register-ts.mjs", import.meta.url).href;
const folder = realpathSync(mkdtempSync(join(tmpdir(), "acc-relative-")));
test.after(() => rmSync(folder, { recursive: true }));

function write(name: string, code: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), code);
}

/** What a script prints, and whether it fails, is the same with a cache and without; returns it. */
function runBoth(script: string): { stdout: string; stderr: string; status: number | null } {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const [plain, cached] = [{}, { NODE_COMPILE_CACHE: join(folder, "cache") }].map((cache) => {
    const args = ["--import", REGISTER, join(folder, script)];
    const options = { encoding: "utf8", timeout: 120_000, env: { ...env, ...cache } } as const;
    const { stdout, stderr, status } = spawnSync(process.execPath, args, options);
    return { stdout, stderr, status };
  });
  assert.is(cached?.status, plain?.status, cached?.stderr);
  assert.is(cached?.stdout, plain?.stdout);
  return cached as NonNullable<typeof cached>;
}

const WHERE = "export const url: string = import.meta.url;\n";

test("a module has one address, through links too", () => {
  write("real/a.ts", WHERE);
  write("real/folder/b.mts", WHERE);
  write("real/with space/c#1.ts", WHERE);
  symlinkSync(join(folder, "real"), join(folder, "linked"));
  symlinkSync(join(folder, "real/a.ts"), join(folder, "real/link.ts"));
  const names = ["./real/a.ts", "./linked/a.ts", "./real/link.ts", "./linked/../real/a.ts"];
  const others = ["./real/folder/b.mts", "./real/with space/c%231.ts", "./real/a.ts?again"];
  write(
    "addresses.ts",
    [...names, ...others]
      .map((name) => `console.log((await import(${JSON.stringify(name)})).url);\n`)
      .join(""),
  );
  const lines = runBoth("addresses.ts").stdout.trim().split("\n");
  assert.is(lines.length, names.length + others.length);
  assert.is(new Set(lines.slice(0, names.length)).size, 1);
  assert.is(new Set(lines).size, 1 + others.length);
});

test("a .js file is what the nearest package.json says", () => {
  write("plain/a.js", "exports.kind = typeof require;\n");
  write("esm/package.json", '{ "type": "module" }');
  write("esm/inner/b.js", "export const kind = typeof require;\n");
  write("esm/inner/old/package.json", "{}");
  write("esm/inner/old/c.js", "exports.kind = typeof require;\n");
  write("esm/inner/node_modules/d.js", "exports.kind = typeof require;\n");
  write("esm/inner/broken/package.json", "{");
  write("esm/inner/broken/e.js", "exports.kind = typeof require;\n");
  const names = ["plain/a", "esm/inner/b", "esm/inner/old/c"];
  write(
    "kinds.ts",
    names.map((name) => `console.log((await import("./${name}.js")).kind);\n`).join(""),
  );
  assert.is(runBoth("kinds.ts").stdout, "function\nundefined\nfunction\n");
  write("inner.ts", 'console.log((await import("./esm/inner/node_modules/d.js")).kind);\n');
  runBoth("inner.ts");
  write("broken.ts", 'await import("./esm/inner/broken/e.js");\n');
  assert.match(runBoth("broken.ts").stderr, "ERR_INVALID_PACKAGE_CONFIG");
});

test.slow("what is no file gives the error of Node.js", () => {
  write("folder.ts/inner.ts", WHERE);
  write("node_modules/other/d.ts", WHERE);
  for (const name of ["./missing.ts", "./missing/e.ts", "./folder.ts", "./a/%2f.ts"]) {
    write("fails.ts", `await import(${JSON.stringify(name)});\n`);
    const { status, stderr } = runBoth("fails.ts");
    assert.is(status, 1, name);
    assert.match(stderr, /ERR_(MODULE_NOT_FOUND|UNSUPPORTED_DIR_IMPORT|INVALID_MODULE_SPECIFIER)/);
  }
  write("fails.ts", 'await import("./node_modules/other/d.ts");\n');
  assert.is(runBoth("fails.ts").status, 1);
});

test.run();
