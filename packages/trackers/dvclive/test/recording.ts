import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestRun } from "@acc/core/testing";
import type { LogContext, LogValues } from "@acc/core/tracker";
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

/** A run of `log` calls. */
export async function logged(
  calls: readonly [values: LogValues, context?: LogContext][],
  options: DvcLiveOptions = {},
  root?: string,
): Promise<Recording> {
  return Recording.of(
    (_live, run) => {
      for (const [values, context = {}] of calls) run.post({ type: "metrics", values, context });
    },
    options,
    root,
  );
}

/** The rows of a metric. */
export const tsv = (run: Recording, name: string): string =>
  readFileSync(join(run.folder, "dvclive/plots/metrics", `${name}.tsv`), "utf8");
export const metrics = (run: Recording): Record<string, unknown> =>
  JSON.parse(readFileSync(join(run.folder, "dvclive/metrics.json"), "utf8"));
