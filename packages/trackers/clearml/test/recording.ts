import { TestRun } from "@acc/core/testing";
import type { TrackerRun } from "@acc/core/tracker";
import type { ClearMLOptions } from "../src/options.ts";
import { ClearMLTracker } from "../src/tracker.ts";

type Options = {
  readonly projectName?: string;
  readonly options?: ClearMLOptions;
};

/** A run whose tracker the tests call directly, and the trackers of the processes that go on with it. */
export class Recording extends TestRun {
  readonly #options: Options;

  constructor(options: Options = {}) {
    super();
    this.#options = options;
  }

  /** The tracker of a new process, started with the state saved last. */
  async open(isReplay = false, resumed?: TrackerRun["resumed"]): Promise<ClearMLTracker> {
    const { projectName = "proj", options = {} } = this.#options;
    const run = { ...this.attach({ isReplay }), ...(resumed && { resumed }) };
    const tracker = new ClearMLTracker({ projectName, loggingDir: undefined, options, run });
    await tracker.start();
    return tracker;
  }
}
