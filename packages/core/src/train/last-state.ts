import type { Optimizer, Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { broadcastTensors } from "../operations/tensor-collectives.ts";
import type { SavedScheduler } from "../schedule/accelerated-scheduler.ts";
import { learningRateOf, setLearningRate } from "../schedule/learning-rate.ts";
import { withoutGradients } from "../step/autograd.ts";
import type { AcceleratedOptimizer } from "./accelerated-optimizer.ts";
import type { Differentiation } from "./differentiate.ts";
import type { GradScalerState } from "./grad-scaler.ts";
import { makeSlot, setIterations, slotAt, slotScalar, slotTableOf } from "./optimizer-slots.ts";
import type { PreparedObjects } from "./prepare.ts";
import { CALL } from "./uneven-turns.ts";

type Target = {
  readonly training: Differentiation;
  readonly collective: Collective;
  readonly made: PreparedObjects;
};

/** What is no tensor of the state of a training. */
type Facts = {
  readonly loop: Readonly<Record<"step" | "samplesSeen", number>> & {
    readonly syncGradients: boolean;
  };
  readonly scaler: GradScalerState | undefined;
  readonly optimizers: readonly OptimizerFacts[];
  readonly schedulers: readonly SavedScheduler[];
};

type OptimizerFacts = {
  readonly learningRate: number;
  readonly completedSteps: number;
  readonly wasSkipped: boolean;
  readonly iterations: number;
  /** The variables that have slots, as indices, and for each which lists hold one. */
  readonly places: readonly { readonly variable: number; readonly lists: readonly boolean[] }[];
};

/** @throws {AcceleratorError} `OPTION_INVALID` for an optimizer that extends none of tfjs. */
export function requireKnownSlots(optimizer: Optimizer): void {
  if (slotTableOf(optimizer)) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `${CALL}: the optimizer ${optimizer.getClassName()} extends none of those of tfjs, so it is not known what it ` +
      "remembers, and the ranks could not end with the same state. Extend one of them.",
  );
}

/**
 * Gives all ranks the state of one. Collective.
 *
 * @param hasTensors whether the ranks have equal weights and slots already.
 */
export async function shareState(
  { training, collective, made }: Target,
  fromRank: number,
  hasTensors: boolean,
): Promise<void> {
  const { models, state } = training;
  const facts = collective.broadcastObject(factsOf({ training, collective, made }), fromRank, CALL);
  await withoutGradients(async () => {
    if (!hasTensors) {
      const slots = made.optimizers.flatMap((one, i) => {
        const known = facts.optimizers[i];
        return known ? slotsFor(one, known, models.variables) : [];
      });
      await broadcastTensors([...models.variables, ...slots], fromRank, collective);
      models.statistics.note(models.variables);
    }
    Object.assign(state, { ...facts.loop, updateDue: false });
    // Gradients that wait for their exchange count as unscaled behind it.
    training.scaler?.unscale(models.variables);
    if (facts.scaler) training.scaler?.loadStateDict(facts.scaler);
    for (const [i, scheduler] of made.schedulers.entries()) {
      const known = facts.schedulers[i];
      if (known) scheduler.restore(known);
    }
    for (const [i, prepared] of made.optimizers.entries()) {
      const known = facts.optimizers[i];
      if (!known) continue;
      setLearningRate(prepared.optimizer, known.learningRate);
      setIterations(prepared.optimizer, known.iterations);
      if (known.wasSkipped) state.skippedBy.add(prepared);
      else state.skippedBy.delete(prepared);
    }
  });
}

function factsOf({ training, made }: Target): Facts {
  const { step, samplesSeen, syncGradients } = training.state;
  const { variables } = training.models;
  return {
    loop: { step, samplesSeen, syncGradients },
    scaler: training.scaler?.stateDict(),
    optimizers: made.optimizers.map(({ optimizer, completedSteps, stepWasSkipped, places }) => ({
      learningRate: learningRateOf(optimizer),
      wasSkipped: stepWasSkipped,
      completedSteps,
      iterations: optimizer.iterations,
      places: places.map((variable, place) => ({
        variable: variables.indexOf(variable),
        lists: listsOf(optimizer).map((list) => slotAt(optimizer, list, place) !== undefined),
      })),
    })),
    schedulers: made.schedulers.map((scheduler) => scheduler.save()),
  };
}

/** The slots of an optimizer as another rank has them; made where this rank has none yet. */
function slotsFor(
  prepared: AcceleratedOptimizer,
  { places, completedSteps }: OptimizerFacts,
  variables: readonly Variable[],
): Variable[] {
  const { optimizer } = prepared;
  const known = places.flatMap(({ variable: index, lists }) => {
    const variable = variables[index];
    return variable ? [{ variable, lists }] : [];
  });
  const placed = known.map(({ variable }) => variable);
  prepared.restorePlaces(placed, completedSteps);
  const own = prepared.places;
  const slots = known.flatMap(({ variable, lists }) =>
    listsOf(optimizer).flatMap((list, i) =>
      lists[i] ? [makeSlot(optimizer, list, own.indexOf(variable), variable)] : [],
    ),
  );
  const scalars = slotTableOf(optimizer)?.scalars ?? [];
  return [...slots, ...scalars.map((field) => slotScalar(optimizer, field))];
}

function listsOf(optimizer: Optimizer) {
  return slotTableOf(optimizer)?.lists ?? [];
}
