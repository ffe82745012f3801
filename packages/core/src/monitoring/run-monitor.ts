import type { MonitoringRequest } from "../context/tracker-request.ts";
import type { GeneralTracker } from "../tracker-contract/general-tracker.ts";
import type { MonitorEvent } from "../tracker-contract/monitoring.ts";
import { ConsoleLines } from "./console-lines.ts";
import { MachineLoad } from "./machine-load.ts";
import type { MonitorSources } from "./monitor-sources.ts";
import { recipientsOf } from "./recipients.ts";

/** Lines wait for each other so long: one event for many. */
const LINES_MS = 1000;

export type Observed = {
  /** Undefined: nothing can be observed here. */
  readonly sources: MonitorSources | undefined;
  readonly trackers: readonly GeneralTracker[];
  /** Whether the run stays, for `acc ui`. */
  readonly isKept: boolean;
  readonly post: (event: MonitorEvent) => void;
};

type RunMonitorOptions = {
  readonly sources: MonitorSources;
  /** Who gets samples of the load; undefined: nobody, and they are not made. */
  readonly system: readonly string[] | undefined;
  /** Who gets lines of the console; undefined: nobody. */
  readonly console: readonly string[] | undefined;
  readonly intervalMs: number;
  readonly post: (event: MonitorEvent) => void;
};

/** Observes a run, on the thread of its trackers: no replica waits for it. */
export class RunMonitor {
  readonly #options: RunMonitorOptions;
  readonly #lines = new ConsoleLines();
  readonly #stops: (() => void)[] = [];
  #pause: NodeJS.Timeout | undefined;
  #hasStopped = false;

  /** @returns undefined if there is nothing to observe, or nobody wants it. */
  static start(
    asked: MonitoringRequest,
    { sources, trackers, isKept, post }: Observed,
  ): RunMonitor | undefined {
    const system = recipientsOf(trackers, "system", asked.system, isKept);
    const console = recipientsOf(trackers, "console", asked.console, isKept);
    if (!sources || !(system || console)) return undefined;
    return new RunMonitor({ sources, system, console, intervalMs: asked.intervalMs, post });
  }

  private constructor(options: RunMonitorOptions) {
    this.#options = options;
    const { sources, system, console, intervalMs } = options;
    if (system) {
      const load = new MachineLoad(sources);
      const timer = setInterval(() => void this.#sample(load, system), intervalMs);
      timer.unref();
      this.#stops.push(() => clearInterval(timer));
    }
    if (console) {
      const stop = sources.console.listen((written) => {
        this.#lines.add(written, Date.now());
        this.#pause ??= setTimeout(() => this.flush(), LINES_MS).unref();
      });
      this.#stops.push(stop);
    }
  }

  /** Whether lines of the console are recorded. */
  get isListening(): boolean {
    return this.#options.console !== undefined;
  }

  /** Posts the lines that wait. */
  flush(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    const lines = this.#lines.take();
    const { post, console: to = [] } = this.#options;
    const wallTimeMs = lines.at(-1)?.timeMs;
    if (wallTimeMs !== undefined) post({ type: "console", lines, to, context: { wallTimeMs } });
  }

  stop(): void {
    this.#hasStopped = true;
    for (const stop of this.#stops) stop();
    this.#lines.end(Date.now());
    this.flush();
  }

  async #sample(load: MachineLoad, to: readonly string[]): Promise<void> {
    const sample = await load.sample();
    const context = { wallTimeMs: Date.now() };
    if (!this.#hasStopped) this.#options.post({ type: "system", sample, to, context });
  }
}
