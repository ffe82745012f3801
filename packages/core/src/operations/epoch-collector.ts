import { gather, keep, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { stepObserver } from "../step/step-observer.ts";
import { filled, joinedRows, type Part, partOf, placesOf, rowCounts } from "./collected-parts.ts";
import { gatherTensors } from "./tensor-collectives.ts";
import { isTensorStructure, type TensorStructure, tensorsOf } from "./tensor-structure.ts";

const COLLECTED: ReadonlySet<string> = new Set(["float32", "int32", "bool"]);

/** The batch that the loop has now. */
export type CollectedBatch = {
  /** Samples of this rank; undefined if the dataset gives whole batches, of an unknown size. */
  readonly count: number | undefined;
  /** So many of them, or of the whole batches, are real. */
  readonly valid: number;
};

/**
 * Collects results over a whole pass, each sample once: `add` in every step, `collect` once behind the loop. Nothing is
 * exchanged until then.
 */
export class EpochCollector<T extends TensorStructure | readonly unknown[]> {
  readonly #batch: () => CollectedBatch | undefined;
  readonly #collective: Collective;
  #parts: Part[] = [];

  constructor(batch: () => CollectedBatch | undefined, collective: Collective) {
    this.#batch = batch;
    this.#collective = collective;
  }

  /**
   * Takes the results of a batch, without those of samples that only complete the last round. Tensors are copied. Not
   * collective.
   *
   * @param value tensors with one row for each sample of the batch, or a list with one entry for each.
   * @throws {AcceleratorError} `VALUE_INVALID` for other values, and for another number of rows than the batch has;
   *   `STATE_INVALID` outside of a loop over a prepared loader.
   */
  add(value: T): void {
    if (stepObserver()) {
      throw new AcceleratorError(
        "STATE_INVALID",
        "collector.add: a step of compileStep would not add anything when it is replayed. Add what it returns.",
      );
    }
    const batch = this.#batch();
    if (!batch) {
      throw new AcceleratorError(
        "STATE_INVALID",
        "collector.add: there is no batch. Call it inside a loop over a prepared loader.",
      );
    }
    const counts = rowCounts(value);
    const { count = counts[0] as number } = batch;
    if (count < 0 || counts.some((rows) => rows !== count)) {
      const found = counts.map((rows) => (rows < 0 ? "none" : rows)).join(", ");
      throw new AcceleratorError(
        "VALUE_INVALID",
        "collector.add takes tensors with one row, or a list with one entry, for each of the " +
          `${batch.count ?? ""} samples of the batch; found ${found}.`,
      );
    }
    if (isTensorStructure(value) && tensorsOf(value).some(({ dtype }) => !COLLECTED.has(dtype))) {
      throw new AcceleratorError(
        "VALUE_INVALID",
        "collector.add takes tensors of float32, int32 and bool; put strings into a list.",
      );
    }
    const isWhole = batch.count === undefined && batch.valid > 0;
    const part = partOf(value, isWhole ? count : Math.min(batch.valid, count));
    for (const tensor of part.tensors) keep(tensor);
    this.#parts.push(part);
  }

  /**
   * The results of all ranks in the order of the pass, on every rank: as many rows as samples were read. The collector is
   * then empty. Collective: every rank makes the call, also one that had no batch. A pass that goes on from a checkpoint has
   * only the rows behind it; behind the last batch of an epoch it has none on any rank: do not call it then.
   *
   * @returns tensors, of the active step or else of the caller; or a list.
   * @throws {AcceleratorError} `VALUE_INVALID` on every rank if nothing was added on any, or what was added differs in form.
   */
  async collect(): Promise<T> {
    const parts = this.#parts;
    this.#parts = [];
    try {
      return (await this.#join(parts)) as T;
    } finally {
      for (const { tensors } of parts) for (const tensor of tensors) tensor.dispose();
    }
  }

  async #join(parts: readonly Part[]): Promise<unknown> {
    const ranks = this.#collective.allGatherObject(
      {
        steps: parts.map(({ rows }) => rows),
        forms: [...new Set(parts.map(({ form }) => form))],
        example: parts[0]?.example,
        entries: parts.flatMap(({ entries }) => entries),
      },
      "collector.collect",
    );
    const forms = [...new Set(ranks.flatMap((rank) => rank.forms))];
    const example = ranks.find((rank) => rank.example)?.example;
    if (!example || forms.length > 1) {
      throw new AcceleratorError(
        "VALUE_INVALID",
        example
          ? `collector.collect: what was added differs in form: ${forms.join(", ")}.`
          : "collector.collect: nothing was added. Call add in the loop before; if the run goes on behind the last batch of an " +
              "epoch, the loop has no batch, and collect is not to be called.",
      );
    }
    const steps = ranks.map((rank) => rank.steps);
    const length = Math.max(...steps.map((rows) => rows.reduce((sum, count) => sum + count, 0)));
    const places = placesOf(steps, length);
    if (example.structure === undefined) {
      return Array.from(
        places,
        (place) => ranks[Math.floor(place / length)]?.entries[place % length],
      );
    }
    const own = joinedRows(parts, example, length);
    const whole = await gatherTensors(own, this.#collective);
    const ordered: Tensor[] = whole.map((tensor) => tidy(() => gather(tensor, places)));
    for (const tensor of [...own, ...whole]) tensor.dispose();
    return filled(example.structure, ordered);
  }
}
