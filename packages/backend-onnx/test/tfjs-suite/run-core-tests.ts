import { createRequire, register } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

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

/** Runs the tests that come with tfjs-core on the onnx backend, in a process of their own. */
const require = createRequire(import.meta.url);
// One of tfjs' modules takes jasmine with it.
Object.assign(globalThis, { require });
const env = require("jasmine-core").boot().getEnv();
env.configure({ random: false });

register("./tfjs-modules.ts", import.meta.url);
const core = pathToFileURL(`${dirname(require.resolve("@tensorflow/tfjs-core"))}/`);
const load = (path: string) => import(new URL(path, core).href);
await load("index.js");
await load("register_all_gradients.js");
await load("public/chained_ops/register_all_chained_ops.js");
await import("../../src/index.ts");
const { setTestEnvs } = await load("jasmine_util.js");
setTestEnvs([{ name: "onnx", backendName: "onnx", isDataSync: true }]);
await load("tests.js");

let passed = 0;
const failed: Record<string, readonly string[]> = {};
env.addReporter({
  specDone({ fullName, status, failedExpectations }: Spec) {
    if (status === "passed") passed += 1;
    if (status !== "failed") return;
    failed[fullName.replace(" onnx {}", "")] = failedExpectations.map(({ message }) => message);
  },
});
await env.execute();
const result: SuiteResult = { passed, failed };
process.send?.(result, () => process.disconnect());
