import { setImmediate } from "node:timers/promises";
import type { Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import type { AnnouncedExchange, Clip, UnevenRanks } from "./announced-exchange.ts";
import { averageGradients, type Differentiation } from "./differentiate.ts";
import { clipAlike } from "./limit-gradients.ts";

/** The name of the meetings: a rank that makes another collective call meanwhile gets an error with it. */
export const CALL = "joinUnevenInputs";

type Exchange = AnnouncedExchange & {
  readonly hasEnded: false;
  /** The models that have a count of items, by index, in the order in which they got it. */
  readonly counted: readonly number[];
  /** Whether the exchange ends an accumulation window. */
  readonly isUpdate: boolean;
  /** What the gradients are multiplied by. */
  readonly scale: number;
};

/** Which gradients a rank has clipped since the last exchange; variables are indices. */
type NotedClip = { readonly variables: readonly number[]; readonly clip: Clip };

/** What a rank says before each exchange. */
type Turn = { readonly clips: readonly NotedClip[] } & (
  | Exchange
  | (Pick<AnnouncedExchange, "kept"> & {
      readonly hasEnded: true;
      readonly exchanges: number;
      readonly backwards: number;
    })
);

/** The rank that trained longest. */
export type LastRank = {
  readonly rank: number;
  /** Whether all ranks have made the same exchanges, so that their weights are equal already. */
  readonly isEqual: boolean;
};

/** The meetings of ranks whose loops have different lengths. */
export class UnevenTurns implements UnevenRanks {
  readonly #training: Differentiation;
  readonly #collective: Collective;
  readonly #backwardsBefore: number;
  #exchanges = 0;
  #clips: NotedClip[] = [];

  constructor(training: Differentiation, collective: Collective) {
    this.#training = training;
    this.#collective = collective;
    this.#backwardsBefore = training.state.backwards;
  }

  announce(): AnnouncedExchange {
    const { models, unsynced } = this.#training;
    return { kinds: models.models.map((model) => unsynced.stateOf(model)), kept: this.#kept() };
  }

  noteClip(variables: readonly Variable[], clip: Clip): void {
    const { models } = this.#training;
    this.#clips.push({ variables: variables.map((one) => models.variables.indexOf(one)), clip });
  }

  meet(announced: AnnouncedExchange): void {
    const { models, state, scaler } = this.#training;
    this.#exchanges += 1;
    const counted = models.items.models.map((model) => models.models.indexOf(model));
    const { syncGradients: isUpdate } = state;
    const scale = scaler?.scale ?? 1;
    const clips = this.#clips;
    this.#clips = [];
    this.#exchangeTurns({ hasEnded: false, ...announced, counted, isUpdate, scale, clips });
  }

  /** Takes part in the exchanges of the other ranks until the loops of all are over. Collective. */
  async followOthers(): Promise<LastRank> {
    const { state } = this.#training;
    const backwards = state.backwards - this.#backwardsBefore;
    const clips = this.#clips;
    for (let numOwn = clips.length; ; numOwn = 0) {
      const kept = this.#kept();
      const turns = this.#exchangeTurns({
        ...{ hasEnded: true, exchanges: this.#exchanges, backwards, kept, clips },
      });
      const active = turns.find((turn) => !turn.hasEnded);
      const last = lastOf(turns);
      const longest = active ?? turns[last.rank];
      // This rank itself has clipped what the others clipped first since the last exchange they made together.
      if (active || last.rank !== this.#collective.rank) {
        this.#clipAlike(longest?.clips.slice(numOwn) ?? []);
      }
      this.#dropExchanged(longest?.kept ?? []);
      if (!active) return last;
      this.#follow(active);
      await setImmediate(); // what this rank logged is read meanwhile
    }
  }

  #kept(): number[] {
    const { variables, gradients } = this.#training.models;
    return variables.flatMap((variable, i) => {
      const origin = gradients.originOf(variable);
      return origin === "exchanged" || origin === "mixed" ? [i] : [];
    });
  }

  #follow({ counted, kinds, isUpdate, scale }: Exchange): void {
    const { models, unsynced, state, scaler } = this.#training;
    scaler?.follow(scale);
    scaler?.prepareFor(models.trainable);
    for (const index of counted) {
      const model = models.models[index];
      if (model) models.items.makePlace(model);
    }
    const { uneven } = state;
    unsynced.alike(kinds, () => {
      averageGradients({ models, unsynced }, isUpdate, { syncGradients: isUpdate, uneven });
    });
  }

  #clipAlike(clips: readonly NotedClip[]): void {
    const { models } = this.#training;
    for (const { variables, clip } of clips) {
      const known = variables.flatMap((index) => models.variables[index] ?? []);
      clipAlike(known, clip, this.#training);
    }
  }

  /**
   * Drops gradients that the ranks have exchanged, where those that train have dropped them. Gradients that are only of this
   * rank stay: they go into the next exchange of their model.
   *
   * @param kept the variables whose exchanged gradients the other ranks have not dropped either.
   */
  #dropExchanged(kept: readonly number[]): void {
    const { models } = this.#training;
    const stays = new Set<Variable | undefined>(kept.map((index) => models.variables[index]));
    const all = [...models.variables, ...models.items.variables];
    models.gradients.clear(
      all.filter((one) => !stays.has(one) && models.gradients.originOf(one) === "exchanged"),
    );
  }

  /** @throws {AcceleratorError} `COLLECTIVE_MISMATCH` on all ranks if two would exchange different models. */
  #exchangeTurns(own: Turn): Turn[] {
    const turns = this.#collective.allGatherObject<Turn>(own, CALL);
    const kinds = turns.map((turn) => (turn.hasEnded ? undefined : turn.kinds.join()));
    const first = kinds.findIndex((one) => one !== undefined);
    const other = kinds.findIndex((one) => one !== undefined && one !== kinds[first]);
    if (other < 0) return turns;
    throw new AcceleratorError(
      "COLLECTIVE_MISMATCH",
      `${CALL}: ranks ${first} and ${other} are about to exchange the gradients of different models. Only the number of ` +
        "batches may differ: use noSync, accumulate and triggerSyncInBackward for the same models in the same order on every rank.",
    );
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
