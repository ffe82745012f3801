import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { GraphBuilder } from "../../src/onnx/graph-builder.ts";
import { describeRuntime } from "../../src/ort/describe-runtime.ts";
import { openRuntime } from "../../src/ort/open-runtime.ts";
import { runOnce } from "../../src/ort/run-once.ts";

const test = suite("finding and opening ONNX Runtime");

const require = createRequire(import.meta.url);
const stock = dirname(dirname(require.resolve("onnxruntime-node")));
const koffi = dirname(require.resolve("koffi"));
const stockLibraries = join("bin", "napi-v6", process.platform, process.arch);

let root: string;
test.before.each(() => {
  root = mkdtempSync(join(tmpdir(), "acc-onnx-"));
});
test.after.each(() => rmSync(root, { recursive: true, force: true }));

/** A directory whose packages are these. */
function place(packages: Record<string, string | Record<string, string>>): string[] {
  for (const [name, content] of Object.entries(packages)) {
    const folder = join(root, "node_modules", name);
    mkdirSync(dirname(folder), { recursive: true });
    if (typeof content === "string") {
      symlinkSync(content, folder);
      continue;
    }
    for (const [file, text] of Object.entries(content)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
  }
  return [pathToFileURL(join(root, "script.js")).href];
}

function failure(from: string[]): Error & { code: string } {
  try {
    openRuntime(from);
  } catch (error) {
    return error as Error & { code: string };
  }
  assert.unreachable("it opened");
  throw new Error();
}

const libraryName = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
  win32: "onnxruntime.dll",
}[process.platform as "linux" | "darwin" | "win32"];

test("with koffi its C interface is used", () => {
  const { runtime, faults } = openRuntime(place({ "onnxruntime-node": stock, koffi }));
  assert.is(runtime.path, "ffi");
  assert.match(runtime.version, /^1\.30\./);
  assert.equal(faults, []);
});

test("one line describes it for reports", () => {
  const { runtime } = openRuntime(place({ "onnxruntime-node": stock, koffi }));
  const version = `ONNX Runtime ${runtime.version} through`;
  assert.is(describeRuntime(runtime, 16, []), `${version} its C interface, blocks of 16 channels`);
  assert.is(
    describeRuntime({ ...runtime, version: runtime.version, path: "binding" }, 0, ["no koffi"]),
    `${version} the binding of onnxruntime-node, which copies results (no koffi), ` +
      "no blocked layout for convolutions",
  );
});

test("without koffi the binding is used, and says why", () => {
  const { runtime, faults } = openRuntime(place({ "onnxruntime-node": stock }));
  assert.is(runtime.path, "binding");
  assert.match(faults.join(), "koffi is not installed");
});

test("both compute the same, with integers, bools and scalars", () => {
  const results = [{ koffi }, {}].map((extra) => {
    const { runtime } = openRuntime(place({ ...extra, "onnxruntime-node": stock }));
    rmSync(join(root, "node_modules"), { recursive: true });
    const builder = new GraphBuilder();
    const x = builder.input({ shape: [3], dtype: "float32" });
    builder.output(builder.node("Greater", [x, builder.constant([1], [], "float32")]), {
      shape: [3],
      dtype: "bool",
    });
    builder.output(builder.node("Cast", [x], { to: 6 }), { shape: [3], dtype: "int32" });
    const axis = builder.integers([0]);
    builder.output(builder.node("ReduceSum", [x, axis], { keepdims: 0 }), {
      shape: [],
      dtype: "float32",
    });
    return runOnce(runtime, builder, [[-1.5, 1.5, 7]]);
  });
  assert.equal(results[0], [[0, 1, 1], [-1, 1, 7], [7]]);
  assert.equal(results[1], results[0]);
});

test("a slim package of the platform comes first", () => {
  const name = `@acc/ort-${process.platform}-${process.arch}`;
  const from = place({
    [name]: { "package.json": JSON.stringify({ name, version: "1.30.0", library: "lib/ort" }) },
    koffi,
  });
  mkdirSync(join(root, "node_modules", name, "lib"));
  symlinkSync(
    join(stock, stockLibraries, libraryName),
    join(root, "node_modules", name, "lib", "ort"),
  );
  const { runtime } = openRuntime(from);
  assert.is(runtime.path, "ffi");
  assert.match(runtime.library, /lib.ort$/);
});

test("without any package the error says what to install", () => {
  const error = failure(place({ koffi }));
  assert.is(error.code, "BACKEND_UNAVAILABLE");
  assert.match(error.message, "onnxruntime-node is not installed");
  assert.match(error.message, "npm install onnxruntime-node@1.30 koffi");
});

test("another version is refused with both versions", () => {
  const manifest = JSON.stringify({ name: "onnxruntime-node", version: "1.29.2" });
  const error = failure(place({ "onnxruntime-node": { "package.json": manifest }, koffi }));
  assert.match(error.message, "onnxruntime-node is 1.29.2, and 1.30 is needed");
});

test("a platform without a library is named", () => {
  const manifest = JSON.stringify({ name: "onnxruntime-node", version: "1.30.0" });
  const error = failure(place({ "onnxruntime-node": { "package.json": manifest }, koffi }));
  assert.match(error.message, `no library for ${process.platform} ${process.arch}`);
});

test("a file that is no library is refused with the loader's reason", () => {
  const manifest = JSON.stringify({ name: "onnxruntime-node", version: "1.30.0" });
  const error = failure(
    place({
      "onnxruntime-node": {
        "package.json": manifest,
        [join(stockLibraries, libraryName)]: "not a library",
      },
      koffi,
    }),
  );
  assert.is(error.code, "BACKEND_UNAVAILABLE");
  assert.match(error.message, libraryName);
});

test("a library that is not ONNX Runtime is refused", () => {
  const name = `@acc/ort-${process.platform}-${process.arch}`;
  const manifest = JSON.stringify({ name, version: "1.30.0", library: "library" });
  const from = place({ [name]: { "package.json": manifest }, koffi });
  const shared = process.report.getReport() as unknown as { sharedObjects: string[] };
  const other = shared.sharedObjects.find((path) => /libc[.-]|libSystem|kernel32/i.test(path));
  symlinkSync(other as string, join(root, "node_modules", name, "library"));
  const error = failure(from);
  assert.is(error.code, "BACKEND_UNAVAILABLE");
  assert.match(error.message, "OrtGetApiBase");
});

test.run();
