import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestRun } from "@acc/core/testing";
import type { Live } from "../src/native/live.ts";
import type { DvcLiveOptions } from "../src/options.ts";
import { DvcLiveTracker } from "../src/tracker.ts";

export const temporary = (): string => mkdtempSync(join(tmpdir(), "acc-dvclive-"));

/** A run whose tracker the tests call directly; `folder` is its working directory. */
export class Recording extends TestRun {
  constructor(folder: string = temporary()) {
    super({ folder, id: "0123456789abcdef0123456789abcdef", startedMs: 0 });
    mkdirSync(folder, { recursive: true });
  }

  /** A tracker that goes on from the saved state, as one of another process would. */
  tracker(options: DvcLiveOptions = {}): DvcLiveTracker {
    const before = process.cwd();
    process.chdir(this.folder);
    try {
      return new DvcLiveTracker({
        projectName: "project",
        loggingDir: undefined,
        options: { saveDvcExp: false, ...options },
        run: { ...this.attach(), folder: join(this.folder, ".acc", "run", "dvclive") },
      });
    } finally {
      process.chdir(before);
    }
  }

  /** One whole run. */
  static async of(
    use: (live: Live, run: Recording) => void,
    options: DvcLiveOptions = {},
    root?: string,
  ): Promise<Recording> {
    const run = new Recording(root);
    const tracker = run.tracker(options);
    use(tracker.tracker, run);
    await run.deliver(tracker);
    await tracker.finish();
    return run;
  }
}
