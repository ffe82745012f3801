import type { ProgressState } from "../context/progress-state.ts";
import { replicaContext } from "../context/replica-context.ts";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { Terminal } from "./terminal.ts";

export type ProgressOptions = {
  /** Text before the bar. */
  readonly description?: string;
  /** Number of items; the `length` of the iterable by default. */
  readonly total?: number;
  /** Show the bar on every rank, not only on the main process. */
  readonly allProcesses?: boolean;
};

const RULES: OptionRules<ProgressOptions> = {
  description: "string",
  total: { numberFrom: 0 },
  allProcesses: "boolean",
};

/** An iterable that shows the progress of its loop. */
export interface Progress<T> extends AsyncIterable<T> {
  /** Shows values after the bar, such as `{ loss: 0.12 }`. */
  postfix(values: Readonly<Record<string, number | string>>): void;
}

/** Shortest time between messages to the host: a loop may run a million times a second. */
const UPDATE_MS = 50;

let bars = 0;
let terminal: Terminal | undefined;

/**
 * Wraps a loader, or anything iterable, in a progress bar on the main process; `accelerate`'s `tqdm`.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` if `items` cannot be iterated.
 */
export function progress<T>(
  items: AsyncIterable<T> | Iterable<T>,
  options: ProgressOptions = {},
): Progress<T> {
  checkOptions("progress", options, RULES, { desc: 'did you mean "description"?' });
  const source = items as Partial<AsyncIterable<T> & Iterable<T>> & { readonly length?: unknown };
  if (!source?.[Symbol.asyncIterator] && !source?.[Symbol.iterator]) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `progress needs something to iterate, got ${String(items)}.`,
    );
  }
  const { collective, host } = replicaContext();
  const show = options.allProcesses || collective.rank === 0;
  const label = options.allProcesses ? `[rank ${collective.rank}] ` : "";
  const description = label + (options.description ?? "");
  const length = typeof source.length === "number" ? source.length : undefined;
  const total = options.total ?? length;
  let postfix = "";

  const send = (state: ProgressState): void => {
    if (!show) return;
    if (host) host.progress(state);
    else {
      terminal ??= new Terminal();
      terminal.progress(state);
    }
  };

  return {
    postfix(values) {
      postfix = Object.entries(values)
        .map(([key, value]) => `${key} ${typeof value === "number" ? value.toPrecision(4) : value}`)
        .join("  ");
    },
    async *[Symbol.asyncIterator]() {
      const id = `${collective.rank}.${bars++}`;
      const started = performance.now();
      let current = 0;
      let sentAt = Number.NEGATIVE_INFINITY;
      const update = (done: boolean): void => {
        const now = performance.now();
        if (!done && now - sentAt < UPDATE_MS) return;
        sentAt = now;
        send({ id, description, current, total, elapsedMs: now - started, postfix, done });
      };
      try {
        for await (const item of items) {
          update(false);
          yield item;
          current += 1;
        }
      } finally {
        update(true);
      }
    },
  };
}
