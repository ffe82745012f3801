import { AcceleratorError } from "../errors.ts";

/** What V8, WebAssembly, ONNX Runtime and TensorFlow say when they get no memory. */
const PHRASES: readonly RegExp[] = [
  /out of memory/i,
  /\bOOM\b/,
  /bad[ _]alloc/i,
  /(array ?buffer|memory|buffer) allocation failed/i,
  /failed to allocate/i,
  /cannot (allocate|enlarge) memory/i,
  /invalid (typed array|array buffer|array) length/i,
  /could not allocate/i,
  /WebAssembly\.Memory.*(grow|maximum)/i,
  /requested texture size/i,
];
/** Causes of causes: no chain of errors is longer for a good reason. */
const DEEPEST = 8;

/** Whether an error, or what caused it, says that memory ran out. */
export function isOutOfMemory(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth === DEEPEST) return false;
  if (error instanceof AcceleratorError && error.code === "SHARED_MEMORY_EXHAUSTED") return true;
  return (
    PHRASES.some((phrase) => phrase.test(error.message)) || isOutOfMemory(error.cause, depth + 1)
  );
}
