import type { ChildProcess } from "node:child_process";

const AFTER_TERM_MS = 2000;

/** Ends a launcher step by step: it may stay behind its job, and some ignore SIGTERM. */
export class LauncherEnd {
  readonly #child: ChildProcess;
  #timer: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param signal sent at once, if any; SIGTERM follows after `waitMs`, and SIGKILL after that. The first call counts. */
  begin(signal: NodeJS.Signals | undefined, waitMs: number): void {
    if (this.#timer) return;
    if (signal) this.#child.kill(signal);
    this.#timer = setTimeout(() => {
      this.#child.kill("SIGTERM");
      this.#timer = setTimeout(() => this.#killGroup(), AFTER_TERM_MS);
    }, waitMs);
  }

  /** The launcher has ended. */
  callOff(): void {
    clearTimeout(this.#timer);
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended in the meantime.
    }
  }
}
