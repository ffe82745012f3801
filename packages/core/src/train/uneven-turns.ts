import { setImmediate } from "node:timers/promises";
import type { Collective } from "../collective/collective.ts";
import type { Differentiation } from "./differentiate.ts";

/** The name of the meetings: a rank that makes another collective call meanwhile gets an error with it. */
export const CALL = "joinUnevenInputs";

/** What a rank says before each exchange. */
type Turn =
  | {
      readonly hasEnded: false;
      /** The models that have a count of items, by index, in the order in which they got it. */
      readonly counted: readonly number[];
      /** Whether the exchange ends an accumulation window. */
      readonly isUpdate: boolean;
    }
  | { readonly hasEnded: true; readonly exchanges: number; readonly backwards: number };

/** The rank that trained longest. */
export type LastRank = {
  readonly rank: number;
  /** Whether all ranks have made the same exchanges, so that their weights are equal already. */
  readonly isEqual: boolean;
};

/** The meetings of ranks whose loops have different lengths. */
export class UnevenTurns {
  readonly #training: Differentiation;
  readonly #collective: Collective;
  readonly #backwardsBefore: number;
  #exchanges = 0;

  constructor(training: Differentiation, collective: Collective) {
    this.#training = training;
    this.#collective = collective;
    this.#backwardsBefore = training.state.backwards;
  }

  /** This rank is about to exchange gradients: the ranks whose loops are over learn of it. Collective. */
  meet(): void {
    const { models, state } = this.#training;
    this.#exchanges += 1;
    const counted = models.items.models.map((model) => models.models.indexOf(model));
    this.#exchangeTurns({ hasEnded: false, counted, isUpdate: state.syncGradients });
  }

  /** Takes part in the exchanges of the other ranks until the loops of all are over. Collective. */
  async followOthers(): Promise<LastRank> {
    const { models, state } = this.#training;
    const { items, gradients } = models;
    const forget = () => gradients.clear([...models.variables, ...items.variables]);
    // Gradients of a window that is over are applied; those of one that is not go into the next exchange.
    if (state.syncGradients) forget();
    const backwards = state.backwards - this.#backwardsBefore;
    for (;;) {
      const own: Turn = { hasEnded: true, exchanges: this.#exchanges, backwards };
      const turns = this.#exchangeTurns(own);
      const active = turns.find((turn) => !turn.hasEnded);
      if (!active) return lastOf(turns);
      for (const index of active.counted) {
        const model = models.models[index];
        if (model) items.makePlace(model);
      }
      models.exchange.cover(items.variables, true);
      models.average(() => true, true);
      if (active.isUpdate) forget();
      await setImmediate(); // what this rank logged is read meanwhile
    }
  }

  #exchangeTurns(own: Turn): Turn[] {
    return this.#collective.allGatherObject<Turn>(own, CALL);
  }
}

/** Of ranks that trained equally long the lowest. */
function lastOf(turns: readonly Turn[]): LastRank {
  const lengths = turns.map((turn) =>
    turn.hasEnded ? ([turn.exchanges, turn.backwards] as const) : ([0, 0] as const),
  );
  let rank = 0;
  for (const [other, [exchanges, backwards]] of lengths.entries()) {
    const [most, mostBackwards] = lengths[rank] ?? [0, 0];
    if (exchanges > most || (exchanges === most && backwards > mostBackwards)) rank = other;
  }
  const isEqual = lengths.every(([exchanges]) => exchanges === lengths[0]?.[0]);
  return { rank, isEqual };
}
