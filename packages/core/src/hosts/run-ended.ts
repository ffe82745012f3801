import type { Reason } from "../collective/control-block.ts";

/** Why the thread that speaks to other hosts stops: the run has ended, here or on another host. */
export class RunEnded extends Error {
  override readonly name = "RunEnded";
  readonly reason: Reason;

  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}
