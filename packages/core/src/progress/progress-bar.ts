import type { ProgressState } from "../context/progress-state.ts";
import { replicaContext } from "../context/replica-context.ts";
import { Rate } from "./rate.ts";
import { Terminal } from "./terminal.ts";

export type ProgressBarOptions = {
  readonly description: string;
  /** Number of items; undefined if it is not known. */
  readonly total: number | undefined;
  /** Show the bar on every rank, not only on the main process. */
  readonly allProcesses?: boolean;
  /** Leave the last state on the screen; true by default. */
  readonly leave?: boolean;
  /** Show nothing. */
  readonly disable?: boolean;
};

/** Shortest time between messages to the host: a loop may run a million times a second. */
const UPDATE_MS = 50;

let bars = 0;
let terminal: Terminal | undefined;

/** A bar on the terminal of the host, by default only of the main process. */
export class ProgressBar {
  readonly #id: string;
  readonly #description: string;
  readonly #total: number | undefined;
  readonly #isShown: boolean;
  readonly #leave: boolean;
  readonly #started = performance.now();
  readonly #rate = new Rate(this.#started);
  #sentAt = Number.NEGATIVE_INFINITY;
  #postfix = "";

  constructor(options: ProgressBarOptions) {
    const { description, total, allProcesses = false, leave = true, disable = false } = options;
    const { rank } = replicaContext().collective;
    this.#id = `${rank}.${bars++}`;
    this.#description = allProcesses ? `[rank ${rank}] ${description}` : description;
    this.#total = total;
    this.#isShown = !disable && (allProcesses || rank === 0);
    this.#leave = leave;
  }

  /** Whether `update` would show something now. */
  get isDue(): boolean {
    return this.#isShown && performance.now() - this.#sentAt >= UPDATE_MS;
  }

  /** Shows values after the bar, from the next update on. */
  postfix(values: Readonly<Record<string, number | string>>): void {
    this.#postfix = Object.entries(values)
      .map(([key, value]) => `${key} ${typeof value === "number" ? value.toPrecision(4) : value}`)
      .join("  ");
  }

  /** Shows that so many items are done, unless it has just shown something. */
  update(current: number): void {
    if (this.isDue) this.#send(current, false);
  }

  /** Shows the last state. */
  finish(current: number): void {
    if (this.#isShown) this.#send(current, true);
  }

  #send(current: number, done: boolean): void {
    this.#sentAt = performance.now();
    const elapsedMs = this.#sentAt - this.#started;
    const lately = this.#rate.at(current, this.#sentAt);
    const state: ProgressState = {
      ...{ id: this.#id, description: this.#description, total: this.#total },
      ...{ current, elapsedMs, postfix: this.#postfix, done, leave: this.#leave },
      rate: done ? (current / elapsedMs) * 1000 : lately,
    };
    const { host } = replicaContext();
    if (host) host.progress(state);
    else {
      terminal ??= new Terminal();
      terminal.progress(state);
    }
  }
}
