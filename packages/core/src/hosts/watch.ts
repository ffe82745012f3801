import type { ControlBlock, Reason } from "../collective/control-block.ts";
import type { CellMirror } from "./cell-mirror.ts";
import type { HostGroup } from "./host-group.ts";
import type { Notices } from "./notices.ts";
import { RunEnded } from "./run-ended.ts";

/** How often the cells of rank 0 are compared with what was sent. */
const CELLS_MS = 1;

export type Watched = {
  readonly control: ControlBlock;
  readonly hosts: HostGroup;
  readonly notices: Notices;
  readonly mirror: CellMirror;
};

/** What may happen while the thread that speaks to other hosts does something else. */
export class Watch {
  readonly #watched: Watched;
  #lookedMs = 0;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** @throws {RunEnded} if this host or another one has failed. */
  look(): void {
    const { control, notices, mirror } = this.#watched;
    if (control.isDead) {
      const { reason, message } = control.ending();
      throw new RunEnded(reason as Reason, message);
    }
    const now = performance.now();
    if (now - this.#lookedMs > CELLS_MS) {
      this.#lookedMs = now;
      mirror.look();
    }
    if (!notices.look()) return;
    for (const { reason, message } of notices.received.values())
      if (reason !== undefined) throw new RunEnded(reason, message);
  }
}
