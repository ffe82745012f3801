import { join } from "node:path";
import { TestRun } from "@acc/core/testing";
import type { TrackioOptions } from "../src/options.ts";
import { TrackioTracker } from "../src/tracker.ts";
import { TOKEN, type TrackioServer } from "./trackio-server.ts";

/** A run whose tracker the tests call directly, and the trackers of the processes that go on with it. */
export class Recording extends TestRun {
  readonly #options: TrackioOptions;

  /** @param options Default: a folder of its own, see `dir`. */
  constructor(options: TrackioOptions = {}) {
    super();
    this.#options = { dir: this.dir, name: "run 1", ...options };
  }

  /** A run that is recorded at the server. */
  static at({ url }: Pick<TrackioServer, "url">, options: TrackioOptions = {}): Recording {
    return new Recording({ serverUrl: url, writeToken: TOKEN, ...options });
  }

  /** The folder of Trackio. */
  get dir(): string {
    return join(this.folder, "trackio");
  }

  /** Values of one step, a second after the last. */
  log(values: Record<string, number | string>, step?: number): void {
    const wallTimeMs = this.startedMs + 1000 * this.events.length;
    const context = { wallTimeMs, ...(step === undefined ? {} : { step }) };
    this.post({ type: "metrics", values, context });
  }

  /** The tracker of a new process, started with the state saved last. */
  async open(isReplay = false): Promise<TrackioTracker> {
    const run = this.attach({ isReplay });
    const options = this.#options;
    const tracker = new TrackioTracker({
      projectName: "proj",
      loggingDir: undefined,
      options,
      run,
    });
    await tracker.start();
    return tracker;
  }

  /** Delivers everything and closes the run. */
  async complete(tracker: TrackioTracker): Promise<void> {
    await this.deliver(tracker);
    await tracker.finish();
    this.state = tracker.state();
  }
}
