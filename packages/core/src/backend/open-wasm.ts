import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  engine,
  findBackend,
  getKernelsForBackend,
  type KernelBackend,
  registerBackend,
  removeBackend,
} from "@tensorflow/tfjs-core";
import { registerCpuKernels } from "./cpu/register-cpu-kernels.ts";
import { DataTable } from "./wasm/data-table.ts";
import { registerTrainingKernels } from "./wasm/register-training-kernels.ts";
import { takeWarning } from "./wasm/xnnpack-failures.ts";

const PACKAGE = "@tensorflow/tfjs-backend-wasm";
/** As the package registers it. */
const PRIORITY = 2;
/**
 * The loader that Emscripten gives the module adds listeners for these, which end the thread at once, before its
 * trackers could be closed.
 */
const ERROR_EVENTS = ["uncaughtException", "unhandledRejection"] as const;

type WasmModule = {
  cwrap(name: string, result: null | "number", parameters: readonly "number"[]): unknown;
  tfjs?: unknown;
};
type WasmPackage = { readonly BackendWasm: new (module: WasmModule) => KernelBackend };

/**
 * The wasm backend of this thread, which need not be the active one. tfjs itself opens it asynchronously, as a browser
 * must; Node.js can compile the module at once (about 10 ms).
 */
export function openWasm(): KernelBackend {
  const require = createRequire(import.meta.url);
  const { BackendWasm } = require(PACKAGE) as WasmPackage;
  require("@tensorflow/tfjs-backend-cpu"); // it computes what the wasm backend leaves to it
  registerCpuKernels();
  registerTrainingKernels();
  const { registry } = engine() as unknown as { readonly registry: object };
  if ("wasm" in registry) return findBackend("wasm");
  removeBackend("wasm");
  registerBackend("wasm", () => new BackendWasm(compileModule(require)), PRIORITY);
  const backend = findBackend("wasm") as KernelBackend & { dataIdMap: unknown };
  backend.dataIdMap = new DataTable(backend, engine());
  // tfjs does it when a backend becomes the active one.
  for (const { setupFunc } of getKernelsForBackend("wasm")) setupFunc?.(backend);
  return backend;
}

/** What the package does in its asynchronous initialisation. */
function compileModule(require: NodeJS.Require): WasmModule {
  const createModule = require(`${PACKAGE}/wasm-out/tfjs-backend-wasm.js`) as (
    given: object,
  ) => unknown;
  const binary = require.resolve(`${PACKAGE}/wasm-out/tfjs-backend-wasm-simd.wasm`);
  const module = {
    printErr: takeWarning,
    instantiateWasm(
      imports: Record<string, Record<string, unknown>>,
      receive: (instance: WebAssembly.Instance) => void,
    ) {
      const instance = new WebAssembly.Instance(
        new WebAssembly.Module(readFileSync(binary)),
        imports,
      );
      receive(instance);
      return instance.exports;
    },
  } as unknown as WasmModule;
  withoutErrorListeners(() => createModule(module));
  module.tfjs = {
    init: module.cwrap("init", null, []),
    initWithThreadsCount: module.cwrap("init_with_threads_count", null, ["number"]),
    getThreadsCount: module.cwrap("get_threads_count", "number", []),
    registerTensor: module.cwrap("register_tensor", null, ["number", "number", "number"]),
    disposeData: module.cwrap("dispose_data", null, ["number"]),
    dispose: module.cwrap("dispose", null, []),
  };
  return module;
}

/** Calls `create`, then removes the listeners for errors that it has added to this thread. */
function withoutErrorListeners(create: () => void): void {
  const before = ERROR_EVENTS.map((event) => process.rawListeners(event));
  create();
  for (const [i, event] of ERROR_EVENTS.entries()) {
    for (const listener of process.rawListeners(event)) {
      if (!before[i]?.includes(listener)) process.off(event, listener as () => void);
    }
  }
}
