import { BroadcastChannel } from "node:worker_threads";
import type { LogValues } from "../../tracker-contract/log-value.ts";
import { combine, type LogReduction, type RankValues } from "../values/combine.ts";

type ReducedLogSetup = {
  readonly rank: number;
  readonly worldSize: number;
  /** Which accelerator of its thread it belongs to: every rank makes them in the same order. */
  readonly index: number;
  readonly warn: (message: string) => void;
};

/** What a rank gives to one call, the n-th of its kind. */
type Part = RankValues & { readonly call: number; readonly step: number | undefined };

type Message =
  | { readonly kind: "present?" | "present" }
  | { readonly kind: "part"; readonly part: Part };

type Waiting = {
  readonly parts: Map<number, Part>;
  readonly done: (() => void)[];
};

/** How long the main process waits for the values of a rank that may never log them. */
const PATIENCE_MS = 60_000;

/**
 * Combines what all ranks log. The values travel as messages to the main process, while the training goes on: no rank
 * waits for another one.
 */
export class ReducedLog {
  readonly #options: ReducedLogSetup;
  readonly #channel: BroadcastChannel;
  readonly #waiting = new Map<number, Waiting>();
  /** Parts of this rank that wait until the main process listens; undefined once it does. */
  #unsent: Part[] | undefined = [];
  #calls = 0;
  #hasWarned = false;

  constructor(options: ReducedLogSetup) {
    this.#options = options;
    this.#channel = new BroadcastChannel(`acc.log.${options.index}`);
    this.#channel.onmessage = ({ data }: { data: Message }) => this.#receive(data);
    this.#channel.unref();
    this.#channel.postMessage({ kind: options.rank === 0 ? "present" : "present?" });
  }

  /**
   * One call of this rank. Every rank makes the same calls.
   *
   * @param values numbers, or promises of them.
   * @returns on the main process the combined values, in other ranks undefined.
   */
  async add(
    values: LogValues | Promise<LogValues>,
    step: number | undefined,
    reduction: LogReduction,
  ): Promise<LogValues | undefined> {
    const call = this.#calls++;
    const { rank } = this.#options;
    if (rank !== 0) this.#channel.ref(); // the thread lives until its values are on their way
    const part: Part = { rank, call, step, values: await values };
    if (rank !== 0) {
      this.#post(part);
      return undefined;
    }
    return combine(await this.#collect(part), reduction);
  }

  /** No part is waited for from now on. */
  close(): void {
    if (this.#options.rank === 0) this.#channel.close();
  }

  #post(part: Part): void {
    if (this.#unsent) {
      this.#unsent.push(part);
      return;
    }
    this.#channel.postMessage({ kind: "part", part } satisfies Message);
    this.#channel.unref();
  }

  /** The values of all ranks in rank order, as far as they come. */
  async #collect(own: Part): Promise<Part[]> {
    const waiting = this.#of(own.call);
    waiting.parts.set(own.rank, own);
    if (waiting.parts.size < this.#options.worldSize) {
      this.#channel.ref();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PATIENCE_MS);
        waiting.done.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    this.#waiting.delete(own.call);
    if (![...this.#waiting.values()].some(({ done }) => done.length > 0)) this.#channel.unref();
    const parts = [...waiting.parts.values()].sort((a, b) => a.rank - b.rank);
    this.#check(own, parts);
    return parts;
  }

  #of(call: number): Waiting {
    const waiting = this.#waiting.get(call) ?? { parts: new Map(), done: [] };
    this.#waiting.set(call, waiting);
    return waiting;
  }

  #receive(message: Message): void {
    const isMain = this.#options.rank === 0;
    if (message.kind === "part") {
      if (!isMain) return;
      const waiting = this.#of(message.part.call);
      waiting.parts.set(message.part.rank, message.part);
      if (waiting.parts.size === this.#options.worldSize) for (const done of waiting.done) done();
    } else if (isMain) {
      if (message.kind === "present?") this.#channel.postMessage({ kind: "present" });
    } else if (message.kind === "present" && this.#unsent) {
      const unsent = this.#unsent;
      this.#unsent = undefined;
      for (const part of unsent) this.#post(part);
    }
  }

  #check(own: Part, parts: readonly Part[]): void {
    if (this.#hasWarned) return;
    const { worldSize, warn } = this.#options;
    const here = new Set(parts.map(({ rank }) => rank));
    const missing = Array.from({ length: worldSize }, (_, rank) => rank).filter(
      (rank) => !here.has(rank),
    );
    const other = parts.find(({ step }) => step !== own.step);
    if (missing.length === 0 && !other) return;
    this.#hasWarned = true;
    warn(
      other
        ? `log with reduce: rank ${other.rank} logs step ${other.step ?? "none"} where rank 0 logs step ${own.step ?? "none"}. Make the same calls on every rank.`
        : `log with reduce: rank ${missing.join(", ")} did not log within ${PATIENCE_MS / 1000} s; the values of the others are recorded. Make the same calls on every rank.`,
    );
  }
}
