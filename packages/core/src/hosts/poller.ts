import { availableParallelism } from "node:os";
import { REASON } from "../collective/control-block.ts";
import type { Mailbox } from "./mailbox.ts";
import { RunEnded } from "./run-ended.ts";

/** Looks at requests before the thread sleeps: about as long as a message takes that is on its way. */
const LOOKS = 2000;
/** Where the replicas need every core. */
const FEW_LOOKS = 20;
/** A longer sleep delays messages, a shorter one takes a core. */
const SLEEP_MS = 0.2;
/** Between commands only the end of the run may come. */
const IDLE_MS = 2;

export type Progress = "done" | "moved" | "waits";

/** How the thread that speaks to other hosts waits: it looks, and sleeps if nothing moves. */
export class Poller {
  readonly #mailbox: Mailbox;
  readonly #looks: number;
  readonly #watch: () => void;

  /** @param watch called all the time. @throws {RunEnded} if the run has ended. */
  constructor(mailbox: Mailbox, replicas: number, watch: () => void) {
    this.#mailbox = mailbox;
    this.#looks = availableParallelism() > replicas ? LOOKS : FEW_LOOKS;
    this.#watch = watch;
  }

  /**
   * Calls `step` until it is done.
   *
   * @param limit how long nothing may move, and what is said then.
   * @throws {RunEnded}
   */
  run(step: () => Progress, limit: { readonly ms: number; readonly late: () => string }): void {
    let looks = 0;
    let movedAt = performance.now();
    for (;;) {
      const { wakes } = this.#mailbox; // before looking: what comes later must not be slept over
      const progress = step();
      if (progress === "done") return;
      this.#watch();
      looks = progress === "moved" ? 0 : looks + 1;
      if (progress === "moved") movedAt = performance.now();
      if (looks < this.#looks) continue;
      if (performance.now() - movedAt > limit.ms) throw new RunEnded(REASON.timeout, limit.late());
      this.#mailbox.sleep(wakes, SLEEP_MS);
    }
  }

  /** Waits until a replica asks for something, however long that takes. @throws {RunEnded} */
  idle(isAsked: () => boolean): void {
    for (;;) {
      const { wakes } = this.#mailbox;
      if (isAsked()) return;
      this.#watch();
      this.#mailbox.sleep(wakes, IDLE_MS);
    }
  }
}
