import { createRequire, register } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { OnnxBackend } from "../../src/index.ts";
import { isIn } from "./parts.ts";

/** What the process sends to its parent. */
export type SuiteResult = {
  readonly passed: number;
  /** Messages by the full name of the test, without the backend's. */
  readonly failed: Readonly<Record<string, readonly string[]>>;
};

type Spec = {
  readonly fullName: string;
  readonly status: "passed" | "failed" | "pending" | "excluded";
  readonly failedExpectations: readonly { readonly message: string }[];
};

/**
 * Runs the tests that come with tfjs-core on the backend that the first argument names, in a process of their own. The
 * second argument "recorded" lets the onnx backend record all calls, as it does in a program with an accelerator. The third
 * one, such as "0/2", names a part of the tests.
 */
const backendName = process.argv[2] as "onnx" | "wasm";
const require = createRequire(import.meta.url);
// One of the modules of tfjs imports jasmine.
Object.assign(globalThis, { require });
const env = require("jasmine-core").boot().getEnv();
const nameOf = (fullName: string): string => fullName.replace(` ${backendName} {}`, "");
const [part = 0, parts = 1] = (process.argv[4] ?? "0/1").split("/").map(Number);
env.configure({
  random: false,
  specFilter: (spec: { getFullName(): string }) => isIn([part, parts], nameOf(spec.getFullName())),
});

register("./tfjs-modules.ts", import.meta.url);
const coreUrl = pathToFileURL(`${dirname(require.resolve("@tensorflow/tfjs-core"))}/`);
const load = (path: string) => import(new URL(path, coreUrl).href);
const core = await load("index.js");
await load("register_all_gradients.js");
await load("public/chained_ops/register_all_chained_ops.js");
if (backendName === "onnx") {
  await import("../../src/index.ts");
} else {
  const { selectBackend } = await import("../../../core/src/backend/select-backend.ts");
  await selectBackend(backendName);
}
if (process.argv[3] === "recorded") {
  const create = core.findBackendFactory(backendName) as () => OnnxBackend;
  core.removeBackend(backendName);
  core.registerBackend(backendName, () => {
    const backend = create();
    backend.beginTraining();
    return backend;
  });
}
const { setTestEnvs } = await load("jasmine_util.js");
setTestEnvs([{ name: backendName, backendName, isDataSync: true }]);
await load("tests.js");

let passed = 0;
const failed: Record<string, readonly string[]> = {};
env.addReporter({
  specDone({ fullName, status, failedExpectations }: Spec) {
    if (status === "passed") passed += 1;
    if (status !== "failed") return;
    failed[nameOf(fullName)] = failedExpectations.map(({ message }) => message);
  },
});
await env.execute();
const result: SuiteResult = { passed, failed };
process.send?.(result, () => process.disconnect());
