import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
// Its own import is not tested here: the test watches which backend a script chooses.
import "@acc/core";
import { watchFunctions } from "@acc/test-kit/replaced-functions";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("importing the package");

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const LIBRARY = /onnxruntime|koffi/;

/** Native libraries that are loaded in this process. */
function loadedLibraries(): string[] {
  const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] };
  return sharedObjects.filter((path) => LIBRARY.test(path));
}

/** What the README says that is replaced. */
function documentedPatches(): string[] {
  const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
  const [, kernels = ""] = readme.match(/The kernels ([\s\S]*?) of the `cpu` backend/) ?? [];
  const named = [
    ...readme.matchAll(/`(\w+\.prototype\.\w+|(?:engine|fused)\.\w+)`/g),
    ...kernels.matchAll(/`(\w+)`/g),
  ];
  return named.map(([, name]) => name as string).sort();
}

test("opens no library and patches nothing; its first use does, as the README says", async () => {
  const changes = watchFunctions(tf);
  const listeners = process.eventNames().map((name) => process.listenerCount(name));
  assert.equal(loadedLibraries(), []);

  const { describeBackend } = await import("../src/index.ts");
  assert.equal(loadedLibraries(), [], "the import opens a library");
  if (existsSync("/proc/self/maps")) {
    assert.not.match(readFileSync("/proc/self/maps", "utf8"), LIBRARY);
  }
  assert.equal(changes(), [], "the import patches");
  assert.equal(
    process.eventNames().map((name) => process.listenerCount(name)),
    listeners,
  );

  // It is the one that tfjs takes, and its first use opens the library.
  await tf.ready();
  assert.is(tf.getBackend(), "onnx");
  assert.ok(loadedLibraries().length > 0);
  assert.equal(changes(), documentedPatches());
  assert.ok(documentedPatches().length > 0);
  assert.match(describeBackend(), "ONNX Runtime 1.");
  assert.equal([...tf.add([1, 2], [3, 4]).dataSync()], [4, 6]);

  await tf.setBackend("cpu");
  await tf.setBackend("onnx");
  assert.equal(changes(), documentedPatches(), "it patches once");
});

test("where no library can be used, tfjs and `auto` take another backend and say why", async () => {
  const root = mkdtempSync(join(tmpdir(), "acc-onnx-"));
  try {
    installWithoutLibrary(root);
    const script = join(root, "script.mjs");
    writeFileSync(
      script,
      `import * as tf from "@tensorflow/tfjs";
import { describeBackend } from "@acc/backend-onnx";
import { selectBackend } from ${JSON.stringify(join(PACKAGE, "../core/dist/backend/select-backend.js"))};
const started = await tf.setBackend("onnx");
let code;
try { describeBackend(); } catch (error) { code = error.code; }
await tf.ready();
const auto = await selectBackend("auto", import.meta.url);
const { reason } = auto.rejected.find(({ name }) => name === "onnx");
console.log(JSON.stringify({ started, code, taken: tf.getBackend(), chosen: auto.chosen.name, reason }));
`,
    );
    const { stdout, stderr, status } = spawnSync(process.execPath, [script], {
      cwd: root,
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.is(status, 0, stderr);
    const { started, code, chosen, reason } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    assert.is(started, false);
    assert.is(code, "BACKEND_UNAVAILABLE");
    assert.match(stderr, "ONNX Runtime cannot be used"); // as tfjs reports a backend that does not start
    assert.is(chosen, "wasm");
    assert.match(reason, "onnxruntime-node is not installed");
  } finally {
    rmSync(root, { recursive: true });
  }
});

/** A folder in which the built package is installed, and neither onnxruntime-node nor koffi. */
function installWithoutLibrary(root: string): void {
  const modules = join(root, "node_modules");
  const own = join(modules, "@acc", "backend-onnx");
  mkdirSync(own, { recursive: true });
  cpSync(join(PACKAGE, "dist"), join(own, "dist"), { recursive: true });
  cpSync(join(PACKAGE, "package.json"), join(own, "package.json"));
  const { resolve } = createRequire(import.meta.url);
  symlinkSync(join(PACKAGE, "../core"), join(modules, "@acc", "core"));
  mkdirSync(join(modules, "@tensorflow"));
  for (const name of ["tfjs", "tfjs-core", "tfjs-backend-cpu"]) {
    const folder = dirname(resolve(`@tensorflow/${name}/package.json`));
    symlinkSync(folder, join(modules, "@tensorflow", name));
  }
}

test.run();
