import { join } from "node:path";
import { PhaseRecorder } from "./phase-recorder.ts";
import { totalsOf } from "./phase-totals.ts";
import { cycleOf, type ResolvedProfileOptions } from "./profile-options.ts";
import { TraceWriter } from "./trace-writer.ts";

/** Records the phases of the steps of this rank; `accelerator.profile` passes it to its body. */
export class Profiler {
  readonly #options: ResolvedProfileOptions;
  readonly #rank: number;
  readonly #recorder = new PhaseRecorder();
  readonly #writer: TraceWriter | undefined;
  #step = 0;
  #stepStart = performance.now();
  #steps: number[] = [];
  #cycle: number | undefined;

  /** @internal */
  constructor(options: ResolvedProfileOptions, rank: number) {
    this.#options = options;
    this.#rank = rank;
    this.#writer = options.outputTraceDir === undefined ? undefined : new TraceWriter();
    this.#follow();
  }

  /** Whether the current step is recorded. */
  get isRecording(): boolean {
    return this.#recorder.isRecording;
  }

  /** Ends a step: call it at the end of each. Needed with a schedule; without one steps are marked in the trace. */
  step(): void {
    const now = performance.now();
    if (this.isRecording) {
      const start = performance.timeOrigin + this.#stepStart;
      this.#steps.push(this.#step, start, now - this.#stepStart);
    }
    this.#step += 1;
    this.#stepStart = now;
    this.#follow();
  }

  /** Ends the recording. @returns why a trace was not written; an empty text if all were. @internal */
  async end(): Promise<string> {
    let fault: string | undefined;
    try {
      this.#finishCycle();
    } finally {
      this.#recorder.isRecording = false;
      fault = await this.#writer?.close();
    }
    return fault ?? "";
  }

  #follow(): void {
    const cycle = cycleOf(this.#step, this.#options.schedule);
    if (cycle !== this.#cycle) this.#finishCycle();
    this.#cycle = cycle;
    this.#recorder.isRecording = cycle !== undefined;
  }

  #finishCycle(): void {
    const cycle = this.#cycle;
    if (cycle === undefined) return;
    this.#cycle = undefined;
    const { outputTraceDir, schedule, onTraceReady } = this.#options;
    const suffix = schedule ? `${this.#rank}_${cycle}` : this.#rank;
    const path = outputTraceDir && join(outputTraceDir, `profile_${suffix}.json`);
    const events = this.#recorder.take();
    const steps = Float64Array.from(this.#steps);
    this.#steps = [];
    const totals = totalsOf(events);
    if (path) this.#writer?.write({ path, events, steps, rank: this.#rank });
    onTraceReady?.({ cycle, totals, path });
  }
}
