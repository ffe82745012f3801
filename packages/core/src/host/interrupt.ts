import { AcceleratorError } from "../errors.ts";

/** A promise that never resolves and rejects with `INTERRUPTED` when `signal` aborts. */
export function interruptedBySignal(signal: AbortSignal | undefined): {
  readonly promise: Promise<never>;
  readonly dispose: () => void;
} {
  let dispose = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    if (!signal) return;
    const interrupt = (): void =>
      reject(
        new AcceleratorError("INTERRUPTED", "The run was interrupted; every replica was stopped."),
      );
    signal.addEventListener("abort", interrupt, { once: true });
    dispose = () => signal.removeEventListener("abort", interrupt);
  });
  return { promise, dispose };
}
