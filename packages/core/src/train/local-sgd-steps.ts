import { nameRanks } from "../collective/call-text.ts";
import type { Collective } from "../collective/collective.ts";
import type { PreparedDataLoader } from "../data/prepared-data-loader.ts";
import { AcceleratorError } from "../errors.ts";

/** What a rank has done when the ranks did not meet. */
type Place = {
  readonly steps: number;
  readonly isOver: boolean;
  /** Of each prepared loader, the batches of this rank; undefined for a stream without a length. */
  readonly lengths: readonly (number | undefined)[];
};

/** The meetings of `localSgd`: where they fail, the error says which ranks made fewer steps, and whose data is shorter. */
export class LocalSgdSteps {
  readonly #collective: Collective;
  readonly #loaders: readonly PreparedDataLoader<unknown>[];

  constructor(collective: Collective, loaders: readonly PreparedDataLoader<unknown>[]) {
    this.#collective = collective;
    this.#loaders = loaders;
  }

  /**
   * @param isOver whether the body is over on this rank.
   * @throws {AcceleratorError} what `call` throws, explained if the ranks made different numbers of steps.
   */
  meet(steps: number, isOver: boolean, call: () => void): void {
    try {
      call();
    } catch (error) {
      const isMismatch = error instanceof AcceleratorError && error.code === "COLLECTIVE_MISMATCH";
      throw isMismatch ? this.#explained(error, { steps, isOver }) : error;
    }
  }

  #explained(error: AcceleratorError, own: Pick<Place, "steps" | "isOver">): AcceleratorError {
    const lengths = this.#loaders.map((loader) => lengthOf(loader));
    let places: Place[];
    try {
      places = this.#collective.allGatherObject<Place>({ ...own, lengths }, "localSgd(places)");
    } catch {
      return error; // another rank was not in localSgd
    }
    const steps = places.map((place) => place.steps);
    const isOver = places.map((place) => place.isOver);
    if (new Set(steps).size === 1 && new Set(isOver).size === 1) return error;
    const over = isOver.flatMap((is, rank) => (is ? [rank] : []));
    const where = over.length === 0 ? "" : `; the body is over on ${nameRanks(over)}`;
    return new AcceleratorError(
      "COLLECTIVE_MISMATCH",
      `localSgd: the ranks made different numbers of steps: ${byRank(steps, (count, ranks) => `${ranks} made ${count}`)}${where}. ` +
        `${this.#shorterData(places)}Give every rank as many batches: evenBatches: true, or dropLast: true. In joinUnevenInputs ` +
        "replicas may have fewer of them; it exchanges gradients in each step, so use it without localSgd.",
      { cause: error },
    );
  }

  /** The loaders that have different lengths on the ranks. */
  #shorterData(places: readonly Place[]): string {
    const sentences = this.#loaders.flatMap((loader, i) => {
      const lengths = places.map((place) => place.lengths[i]);
      if (new Set(lengths).size === 1) return [];
      const own = byRank(lengths, (length, ranks) => `${length ?? "unknown"} on ${ranks}`);
      const name = this.#loaders.length === 1 ? "The DataLoader" : `DataLoader ${i + 1}`;
      const why = loader.readsByIndex ? ": its evenBatches is false" : "";
      return [`${name} has unequal numbers of batches: ${own}${why}. `];
    });
    return sentences.join("");
  }
}

function lengthOf(loader: PreparedDataLoader<unknown>): number | undefined {
  try {
    return loader.length;
  } catch {
    return undefined; // a stream
  }
}

/** What ranks have in common, once for all of them. */
function byRank<T>(values: readonly T[], say: (value: T, ranks: string) => string): string {
  const parts = [...new Set(values)].map((value) => {
    const ranks = values.flatMap((one, rank) => (one === value ? [rank] : []));
    return say(value, nameRanks(ranks));
  });
  return parts.join(", ");
}
