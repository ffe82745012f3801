import type { ControlBlock } from "../collective/control-block.ts";
import { AcceleratorError } from "../errors.ts";
import { exitCodeOfSignal } from "../exit-code-of-signal.ts";
import { type Alarm, createAlarm } from "./alarm.ts";

/**
 * Ends a run with `INTERRUPTED` when `signal` aborts: at once, or, if the script saves checkpoints, after the time that it has
 * for one.
 *
 * @param signal its reason may be the name of the signal that the process got.
 */
export function interruptedBySignal(
  signal: AbortSignal | undefined,
  control: ControlBlock,
  graceMs: number,
): Alarm {
  return createAlarm((ring) => {
    let timer: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      const name = signal?.reason === "SIGTERM" ? "SIGTERM" : "SIGINT";
      const end = (message: string): void =>
        ring(new AcceleratorError("INTERRUPTED", message, { exitCode: exitCodeOfSignal(name) }));
      if (!control.acceptsRequests) {
        end("The run was interrupted; every replica was stopped.");
        return;
      }
      control.request(name);
      const late =
        `The run was interrupted; no checkpoint was complete after ${graceMs} ms, so every replica was stopped. ` +
        "The newest checkpoint before is complete.";
      timer = setTimeout(() => end(late), graceMs);
    };
    signal?.addEventListener("abort", interrupt, { once: true });
    return () => {
      signal?.removeEventListener("abort", interrupt);
      clearTimeout(timer);
    };
  });
}

/** Asks a run for a checkpoint whenever the process gets a signal. Returns what ends that. */
export function savedBySignal(
  name: NodeJS.Signals | undefined,
  control: ControlBlock,
  warn: (text: string) => void,
): () => void {
  if (name === undefined || process.platform === "win32") return () => {};
  const save = (): void => {
    if (control.acceptsRequests) control.request("save");
    else warn(`${name}: the script saves no checkpoints; see the option \`checkpoints\`.`);
  };
  process.on(name, save);
  return () => process.off(name, save);
}
