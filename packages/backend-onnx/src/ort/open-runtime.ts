import { join } from "node:path";
import { AcceleratorError } from "@acc/core";
import type * as Koffi from "koffi";
import { BindingRuntime, type StockBinding } from "./binding-runtime.ts";
import { CApi } from "./c-api.ts";
import { FfiRuntime } from "./ffi-runtime.ts";
import {
  type LocatedLibrary,
  locateLibraries,
  PLACES,
  requireFrom,
  STOCK_VERSION,
} from "./locate-library.ts";
import type { Runtime } from "./runtime.ts";
import { selfTest } from "./self-test.ts";

/** A runtime that passed its self-test, and what did not work before it. */
export type OpenedRuntime = { readonly runtime: Runtime; readonly faults: readonly string[] };

/**
 * Finds ONNX Runtime and checks that it computes. Prefers its C interface, which needs `koffi`; falls back
 * to the binding of `onnxruntime-node`, which copies every result.
 *
 * @param from file URLs that packages are resolved from.
 * @throws {AcceleratorError} `BACKEND_UNAVAILABLE` with all that was found.
 */
export function openRuntime(from: readonly string[] = PLACES): OpenedRuntime {
  const { libraries, faults: missing } = locateLibraries(from);
  const faults: string[] = [];
  const attempt = (label: string, open: () => Runtime): Runtime | undefined => {
    try {
      const runtime = open();
      selfTest(runtime);
      return runtime;
    } catch (error) {
      faults.push(`${label}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  for (const library of libraries) {
    const runtime = attempt(library.path, () => openInterface(library, from));
    if (runtime) return { runtime, faults };
  }
  for (const library of libraries) {
    if (library.stockPackage === undefined) continue;
    const runtime = attempt("its binding", () => openBinding(library, library.stockPackage ?? ""));
    if (runtime) return { runtime, faults };
  }
  throw new AcceleratorError(
    "BACKEND_UNAVAILABLE",
    `ONNX Runtime cannot be used: ${[...missing, ...faults].join("; ")}. ` +
      `Install it with: npm install onnxruntime-node@${STOCK_VERSION} koffi`,
  );
}

function openInterface(library: LocatedLibrary, from: readonly string[]): Runtime {
  const koffi = requireFrom("koffi", from) as typeof Koffi;
  const api = new CApi(koffi, library.path);
  if (api.version !== library.version) {
    throw new Error(`the library has version ${api.version}, its package ${library.version}`);
  }
  return new FfiRuntime(api, library.path);
}

function openBinding(library: LocatedLibrary, root: string): Runtime {
  const entry = [join(root, "package.json")];
  const { binding, initOrt } = requireFrom("./dist/binding.js", entry) as {
    binding: StockBinding["binding"];
    initOrt(): void;
  };
  const { Tensor } = requireFrom("onnxruntime-common", entry) as Pick<StockBinding, "Tensor">;
  initOrt();
  return new BindingRuntime({ binding, Tensor, version: library.version, library: library.path });
}
