import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { ProgressBar } from "./progress-bar.ts";

export type ProgressOptions = {
  /** Text before the bar. */
  readonly description?: string;
  /** Number of items; the `length` of the iterable by default. */
  readonly total?: number;
  /** Show the bar on every rank, not only on the main process. */
  readonly allProcesses?: boolean;
  /** Leave the last state of the bar on the screen, true by default; false suits a loop inside another one. */
  readonly leave?: boolean;
  /** Show nothing. `ACC_PROGRESS=off` hides all bars of a run, `lines` makes each a line now and then. */
  readonly disable?: boolean;
};

const RULES: OptionRules<ProgressOptions> = {
  description: "string",
  total: { numberFrom: 0 },
  allProcesses: "boolean",
  leave: "boolean",
  disable: "boolean",
};

/** An iterable that shows the progress of its loop. */
export interface Progress<T> extends AsyncIterable<T> {
  /** Shows values after the bar, such as `{ loss: 0.12 }`. */
  postfix(values: Readonly<Record<string, number | string>>): void;
}

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
      `progress needs something to iterate, got ${foundText(items)}.`,
    );
  }
  const { description = "", ...shown } = options;
  const length = typeof source.length === "number" ? source.length : undefined;
  const total = options.total ?? length;
  let values: Readonly<Record<string, number | string>> = {};
  let bar: ProgressBar | undefined;

  return {
    postfix(latest) {
      values = latest;
      bar?.postfix(latest);
    },
    async *[Symbol.asyncIterator]() {
      const own = new ProgressBar({ ...shown, description, total });
      own.postfix(values);
      bar = own;
      let current = 0;
      try {
        for await (const item of items) {
          own.update(current);
          yield item;
          current += 1;
        }
      } finally {
        own.finish(current);
      }
    },
  };
}
