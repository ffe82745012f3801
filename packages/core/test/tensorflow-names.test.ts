/** Importing TensorFlow.js on a Node.js without type stripping, with and without the cache of `NODE_COMPILE_CACHE`. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("names of TensorFlow.js");
/** A newer Node.js is left alone. */
const isOurs = !("typescript" in process.features && process.features.typescript);
const REGISTER = new URL("../src/register-ts.mjs", import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), "acc-names-"));
test.after(() => rmSync(folder, { recursive: true }));

/** Runs a module of the test's folder. The cache is a path inside that folder. */
function run(script: string, cache?: string, args: string[] = []) {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--import", REGISTER, join(folder, script), ...args],
    {
      encoding: "utf8",
      timeout: 120_000,
      env: cache === undefined ? env : { ...env, NODE_COMPILE_CACHE: join(folder, cache) },
    },
  );
  return { stdout, stderr, status };
}

function kept(cache: string): number {
  const names = join(folder, cache, "tensorflow-names-1");
  return existsSync(names) ? readdirSync(names).length : 0;
}

test("every package exports the same names and the same values", () => {
  const require = createRequire(import.meta.url);
  const fromUnion = createRequire(require.resolve("@tensorflow/tfjs"));
  const packages = ["", "-core", "-layers", "-data", "-converter", "-backend-cpu"];
  const paths = [
    ...packages.map((name) =>
      (name === "" ? require : fromUnion).resolve(`@tensorflow/tfjs${name}`),
    ),
    require.resolve("@tensorflow/tfjs-backend-wasm"),
  ];
  writeFileSync(
    join(folder, "names.mjs"),
    `import { createRequire } from "node:module";
     import { fileURLToPath } from "node:url";
     const require = createRequire(import.meta.url);
     for (const url of process.argv.slice(2)) {
       const module = await import(url);
       const exported = require(fileURLToPath(url));
       console.log(url, module.default === exported, Object.keys(module).join(" "));
       for (const name of Object.keys(module)) {
         if (name !== "default" && name !== "module.exports" && module[name] !== exported[name]) console.log("differs", name);
       }
     }`,
  );
  const urls = paths.map((path) => pathToFileURL(path).href);
  const plain = run("names.mjs", undefined, urls);
  assert.is(plain.stdout.match(/ true /g)?.length, paths.length, plain.stderr);
  assert.match(plain.stdout, "loadLayersModel");
  for (const _ of ["filled", "used"]) assert.equal(run("names.mjs", "same", urls), plain);
  assert.is(kept("same"), isOurs ? paths.length : 0);
});

/** Writes a package of that name, as small as can be, with the file names of TensorFlow.js. */
function writePackage(source: string): void {
  const path = join(folder, "node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, source);
  writeFileSync(join(dirname(path), "../package.json"), '{ "main": "dist/tf-core.node.js" }');
}

test("sees another version of a package, and names that are words of the language", () => {
  const script =
    'import all, * as tf from "@tensorflow/tfjs-core";\nconsole.log(Object.keys(tf).join(), tf.enum, all.enum);\n';
  writeFileSync(join(folder, "versions.mjs"), script);
  for (const names of ["a", "b", "a", "longer"]) {
    writePackage(`exports.enum = 1; exports.${names} = 2;`);
    const plain = run("versions.mjs");
    const exported = plain.stdout.split(" ", 1)[0]?.split(",") ?? [];
    assert.ok(exported.includes(names) && exported.includes("enum"), plain.stdout + plain.stderr);
    assert.equal(run("versions.mjs", "versions"), plain);
  }
});

test("a package that is missing, or throws, gives the error of Node.js", () => {
  writeFileSync(join(folder, "missing.mjs"), 'import "@tensorflow/tfjs-unheard-of";\n');
  assert.match(run("missing.mjs", "missing").stderr, "ERR_MODULE_NOT_FOUND");
  writePackage('throw new Error("the package is broken");');
  for (const _ of [1, 2]) {
    const { status, stderr } = run("versions.mjs", "broken");
    assert.is(status, 1);
    assert.match(stderr, "the package is broken");
  }
  assert.is(kept("broken"), 0);
});

test.run();
