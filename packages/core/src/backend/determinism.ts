import { AcceleratorError } from "../errors.ts";
import type { Candidate } from "./candidates.ts";

/** Whether the user asked for the same bits in every run. */
let isRequired = false;
/** The backend that an accelerator of this thread uses. */
let used: Candidate["name"] | undefined;

/** From now on a backend whose results may differ from run to run is an error. @throws {AcceleratorError} `OPTION_INVALID`. */
export function requireDeterminism(value: boolean): void {
  isRequired = value;
  check();
}

/** An accelerator uses this backend from now on. @throws {AcceleratorError} `OPTION_INVALID` if its results may differ. */
export function noteUsedBackend(name: Candidate["name"]): void {
  used = name;
  check();
}

/**
 * The backends of JavaScript, WebAssembly and ONNX Runtime add in a fixed order. TensorFlow does so if a variable of the
 * environment asks for it, which it reads before any replica runs: a thread cannot set it.
 */
function check(): void {
  if (!isRequired || !used?.startsWith("tensorflow")) return;
  if (/^(1|true)$/i.test(process.env.TF_DETERMINISTIC_OPS ?? "")) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `setSeed: deterministic is true, but operations of the backend "${used}" may give other bits in every run. Start the ` +
      'program with TF_DETERMINISTIC_OPS=1 in its environment, or use new Accelerator({ backend: "onnx" }) or "wasm".',
  );
}
