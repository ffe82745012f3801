import type { Variable } from "@tensorflow/tfjs-core";
import { replicaContext } from "../context/replica-context.ts";
import {
  type DropoutPosition,
  dropoutPosition,
  setDropoutPosition,
} from "../functions/dropout-key.ts";
import {
  type RandomState,
  randomState,
  randomStateForNewRank,
  restoreRandom,
} from "../random/seeded-random.ts";
import { seedTfjsDraws } from "../random/tfjs-draws.ts";
import type { Differentiation } from "../train/differentiate.ts";
import { assignStored } from "./assign-stored.ts";
import { type Entry, entryOf, type Spec } from "./entry.ts";
import { rankFile } from "./file-names.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";
import { planItems, type SavedItems, saveItems } from "./items-part.ts";
import { meanGradient } from "./merged-gradients.ts";
import type { KnownVariables } from "./models-part.ts";
import { OWN_SLOT, ownSlotName } from "./optimizers-part.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { checksumOf } from "./staging.ts";
import { tensorOfStored } from "./stored-tensor.ts";
import { requireStored, type TensorSource } from "./tensor-source.ts";

/** What one rank has for itself, in state.json. */
export type SavedRank = {
  /** Undefined if `setSeed` was not called: `Math.random` cannot be restored then. */
  readonly random: RandomState | undefined;
  readonly dropout: DropoutPosition;
  /** Names of the variables with a gradient that waits. */
  readonly gradients: readonly string[];
  readonly items?: SavedItems;
  /** Names of the variables that this rank has changed since the last exchange, without training them. */
  readonly changed: readonly string[];
  /** Whether `localSgd` has run: then no tool expects equal weights and slots. What differs from rank 0 is in the file of the rank. */
  readonly differs?: boolean;
};

/** A tensor of one rank; ranks that have the same values save it once. */
export type OwnSpec = Spec & {
  /** Undefined if no other rank can have the same values. */
  readonly checksum: number | undefined;
  /** Whether the values of rank 0 are in the file of a model or of an optimizer. */
  readonly isInModel: boolean;
};

const GRADIENT = "gradient/";

/**
 * @param slots of all optimizers.
 * @param isApart whether weights and slots may be others on each rank.
 */
export function saveRank(
  { models, state }: Differentiation,
  slots: readonly Entry[],
  { rank, worldSize }: { readonly rank: number; readonly worldSize: number },
  isApart: boolean,
): { json: SavedRank; entries: Entry[]; specs: OwnSpec[] } {
  const file = rankFile(rank);
  const gradients = [...models.gradients.entries()].filter(
    ([place]) => !models.items.modelOf(place),
  );
  const waiting = gradients.map(([{ name }, gradient]) => entryOf(file, GRADIENT + name, gradient));
  const trained = new Set(models.trainable);
  const differs = worldSize > 1 && (state.replicasDiffer || isApart);
  const others =
    worldSize === 1 ? [] : models.variables.filter((variable) => differs || !trained.has(variable));
  const statistics = [
    ...others.map((variable) => entryOf(file, variable.name, variable)),
    ...(differs ? slots : []).map(({ spec, source }) => entryOf(file, ownSlotName(spec), source)),
  ];
  // In the middle of a window no two ranks have equal gradients; after an exchange all have.
  const isExchanged = worldSize > 1 && (state.syncGradients || state.accumulation.syncEachBatch);
  return {
    json: {
      ...{ random: randomState(), dropout: dropoutPosition() },
      gradients: gradients.map(([{ name }]) => name),
      items: saveItems(models),
      changed: models.statistics.changedOf(models.variables).map(({ name }) => name),
      ...(worldSize > 1 && state.replicasDiffer ? { differs: true } : {}),
    },
    entries: [...statistics, ...waiting],
    specs: [
      ...statistics.map((entry) => ({
        ...entry.spec,
        isInModel: true,
        checksum: checksumOf(entry),
      })),
      ...waiting.map((entry) => ({
        ...entry.spec,
        isInModel: false,
        checksum: isExchanged ? checksumOf(entry) : undefined,
      })),
    ],
  };
}

/** Which of the tensors of each rank are saved: those that differ from the ones of rank 0. */
export function savedSpecs(ranks: readonly (readonly OwnSpec[])[]): OwnSpec[][] {
  const first = new Map((ranks[0] ?? []).map((spec) => [spec.name, spec.checksum]));
  return ranks.map((specs, rank) =>
    specs.filter(({ name, checksum, isInModel }) =>
      rank === 0 ? !isInModel : checksum === undefined || first.get(name) !== checksum,
    ),
  );
}

type RankSource = {
  readonly source: TensorSource;
  readonly known: KnownVariables;
  /** The slots of the optimizers by file and name, once they are restored. */
  readonly slots: () => ReadonlyMap<string, Variable>;
};

/** Plans what this rank gets, also if the number of ranks is another one. */
export function planRank(
  saved: readonly SavedRank[],
  training: Differentiation,
  { rank, worldSize }: { readonly rank: number; readonly worldSize: number },
  { source, known, slots }: RankSource,
  plan: RestorePlan,
): void {
  const own = saved[rank];
  const ownSlots: [name: string, stored: StoredTensor][] = [];
  for (const [name, stored] of own ? (source.get(rankFile(rank)) ?? []) : []) {
    if (name.startsWith(OWN_SLOT)) {
      requireStored(source, rankFile(rank), name, sharedSlot(name, source));
      ownSlots.push([name, stored]);
    }
    const variable = name.startsWith(GRADIENT) ? undefined : known.get(name);
    if (variable) requireStored(source, rankFile(rank), name, variable);
    if (variable) plan.commits.push(() => assignStored(variable, stored));
  }
  plan.commits.push(() => {
    training.state.replicasDiffer = saved.some(({ differs }) => differs === true);
    const present = ownSlots.length > 0 ? slots() : new Map<string, Variable>();
    for (const [name, stored] of ownSlots) {
      const slot = present.get(name);
      if (slot) assignStored(slot, stored);
    }
  });
  const gradients =
    saved.length === worldSize
      ? gradientsOfRank(saved, rank, { source, known })
      : mergedGradients(saved, { rank, worldSize }, { source, known });
  planGradients(gradients, training, known, plan);
  const counts = saved.map(({ items }) => items);
  planItems(counts, training.models, { rank, worldSize }, plan);
  const changed = new Set(
    (own?.changed ?? []).flatMap((name) => (known.get(name) ? [known.get(name) as Variable] : [])),
  );
  plan.commits.push(() => training.models.statistics.restore(training.models.variables, changed));
}

/** Plans the random numbers of a rank; last, so that nothing that is loaded draws from them. */
export function planRandom(
  saved: readonly SavedRank[],
  rank: number,
  checkpointId: string,
  plan: RestorePlan,
): void {
  const known = saved[rank] ?? saved.at(-1);
  if (!known) return;
  const isNew = !saved[rank];
  const random =
    isNew && known.random ? randomStateForNewRank(known.random, rank, checkpointId) : known.random;
  if (isNew && rank === saved.length) {
    plan.notices.push(
      `the checkpoint was written by ${saved.length} replica(s); the random numbers of the others begin anew.`,
    );
  }
  plan.commits.push(() => {
    if (random) {
      seedTfjsDraws(replicaContext().scriptUrl); // a script that seeds nothing has not done it
      restoreRandom(random);
    }
    setDropoutPosition(known.dropout);
  });
}

type StoredGradients = Pick<RankSource, "source" | "known">;

/** The slot of rank 0 with the name of one of another rank. */
function sharedSlot(ownName: string, source: TensorSource): StoredTensor | undefined {
  const place = ownName.slice(OWN_SLOT.length);
  const end = place.indexOf("/");
  return source.get(place.slice(0, end))?.get(place.slice(end + 1));
}

/** The gradients of a rank by the names of their variables. */
function gradientsOfRank(
  saved: readonly SavedRank[],
  rank: number,
  stored: StoredGradients,
): Map<string, StoredTensor> {
  const names = saved[rank]?.gradients ?? [];
  return new Map(names.map((name) => [name, gradientOf(name, rank, stored)]));
}

/** A gradient that a rank did not save is equal to the one of rank 0. */
function gradientOf(name: string, rank: number, { source, known }: StoredGradients): StoredTensor {
  const hasOwn = source.get(rankFile(rank))?.has(GRADIENT + name);
  return requireStored(source, rankFile(hasOwn ? rank : 0), GRADIENT + name, known.get(name));
}

/** With another number of ranks, rank 0 takes all gradients, so that the mean of the window stays what it is. */
function mergedGradients(
  saved: readonly SavedRank[],
  { rank, worldSize }: { readonly rank: number; readonly worldSize: number },
  stored: StoredGradients,
): Map<string, StoredTensor> {
  const names = new Set(saved.flatMap(({ gradients }) => gradients));
  if (rank !== 0) return new Map();
  const parts = (name: string) =>
    saved.flatMap(({ gradients }, from) =>
      gradients.includes(name) ? [gradientOf(name, from, stored)] : [],
    );
  return new Map(
    [...names].map((name) => [name, meanGradient(parts(name), worldSize / saved.length)]),
  );
}

function planGradients(
  gradients: ReadonlyMap<string, StoredTensor>,
  { models }: Differentiation,
  known: KnownVariables,
  plan: RestorePlan,
): void {
  const found = [...gradients].flatMap(([name, stored]) => {
    const variable = known.get(name);
    return variable ? [{ variable, stored }] : [];
  });
  plan.commits.push(() => {
    models.gradients.clear(models.variables);
    for (const { variable, stored } of found) {
      models.gradients.set(variable, tensorOfStored(stored));
    }
  });
}
