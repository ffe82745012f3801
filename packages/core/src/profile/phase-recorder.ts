import { listenToPhases, PHASES, type Phase } from "../phases.ts";
import type { PhaseList } from "./phase-totals.ts";

/** Those that are not inside of others; a forward pass is between one of these and a backward pass. */
const OUTER: ReadonlySet<Phase> = new Set([
  ...(["loader", "backward", "exchange", "replay", "optimizer"] as const),
]);
const PLACES = new Map(PHASES.map((phase, place) => [phase, place]));

/** Records the phases of this thread. Times are made absolute, so that traces of all ranks have one time axis. */
export class PhaseRecorder {
  #events: number[] = [];
  #lastEnd = 0;
  #isRecording = false;

  /** Whether phases are recorded. Without a phase before it a forward pass begins where this is set. */
  set isRecording(value: boolean) {
    if (value === this.#isRecording) return;
    this.#isRecording = value;
    this.#lastEnd = performance.now();
    listenToPhases(value ? (phase, start, end) => this.#note(phase, start, end) : undefined);
  }

  get isRecording(): boolean {
    return this.#isRecording;
  }

  /** What was recorded since the last call. */
  take(): PhaseList {
    const events = Float64Array.from(this.#events);
    this.#events = [];
    return events;
  }

  #note(phase: Phase, start: number, end: number): void {
    if (phase === "backward") this.#add("forward", this.#lastEnd, start);
    this.#add(phase, start, end);
    if (OUTER.has(phase)) this.#lastEnd = end;
  }

  #add(phase: Phase, start: number, end: number): void {
    this.#events.push(PLACES.get(phase) as number, performance.timeOrigin + start, end - start);
  }
}
