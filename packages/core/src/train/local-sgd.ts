import type { Variable } from "@tensorflow/tfjs-core";
import { readInto, tensorOf } from "../backend/tensor-values.ts";
import type { Collective } from "../collective/collective.ts";
import type { PreparedDataLoader } from "../data/prepared-data-loader.ts";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { requireFunction } from "../options/require-function.ts";
import { stepObserver } from "../step/step-observer.ts";
import type { Differentiation } from "./differentiate.ts";
import type { LocalTurn } from "./gradient-state.ts";
import { LocalSgdSteps } from "./local-sgd-steps.ts";
import type { ModelVariables } from "./model-variables.ts";

export type OuterStep = {
  /** How far the weights follow what the replicas have learned together: 1 is all of it. Default 0.7. */
  readonly learningRate?: number;
  /** Nesterov momentum, at least 0 and below 1. Default 0.5: more of it lost accuracy where exchanges are close. */
  readonly momentum?: number;
};

export type LocalSgdOptions = {
  /** Calls of `step` between two exchanges. Default 8. */
  readonly localSgdSteps?: number;
  /** If false, gradients are exchanged as usual. Default true; always false with one replica. */
  readonly enabled?: boolean;
  /**
   * Takes the mean of the weights as the target of a step with momentum (DiLoCo: Douillard et al., 2023) instead of as the
   * new weights.
   */
  readonly outer?: OuterStep;
};

/** What the body of `localSgd` gets. */
export type LocalSgd = {
  /** Counts a step; every `localSgdSteps` calls the weights become their means over the replicas. Collective then. */
  step(): Promise<void>;
};

const RULES: OptionRules<LocalSgdOptions> = {
  localSgdSteps: { integerFrom: 1 },
  enabled: "boolean",
  outer: "object",
};
const OUTER_RULES: OptionRules<OuterStep> = {
  learningRate: { numberAbove: 0 },
  momentum: { numberFrom: 0, below: 1 },
};

type Target = {
  readonly training: Differentiation;
  readonly collective: Collective;
  readonly loaders: readonly PreparedDataLoader<unknown>[];
};

/**
 * Trains the replicas apart: gradients of `model` stay on their replica, and weights are averaged now and then, and at
 * the end of `body`. After an error of `body` they stay as they are: other ranks may not have it, and would wait.
 */
export async function localSgd<T>(
  model: object,
  options: LocalSgdOptions,
  body: (local: LocalSgd) => T,
  { training, collective, loaders }: Target,
): Promise<Awaited<T>> {
  requireFunction("localSgd", body);
  const { steps, enabled, outer } = resolved(options);
  const variables = training.unsynced.find(model);
  const open = new OpenBody();
  if (!enabled || collective.worldSize === 1) {
    return await open.during(() => body({ step: async () => open.requireOpen() }));
  }
  if (training.scaler) {
    throw new AcceleratorError(
      "STATE_INVALID",
      "localSgd: the replicas would skip different steps, and their scales would differ. Leave gradScaler out.",
    );
  }
  const { state } = training;
  const resumed = state.resumedTurns.shift();
  const weights = new AveragedWeights(variables, training, collective, outer, resumed?.outer);
  const meetings = new LocalSgdSteps(collective, loaders);
  const turn: LocalTurn = { steps: resumed?.steps ?? 0, outer: weights.outerState };
  const step = async () => {
    open.requireOpen();
    if (stepObserver()) {
      throw new AcceleratorError(
        "STATE_INVALID",
        "localSgd: step() counts, so it cannot be part of a compiled step. Call it after the compiled step.",
      );
    }
    turn.steps += 1;
    if (turn.steps % steps === 0) {
      meetings.meet(turn.steps, false, () => weights.average(turn.steps));
    }
  };
  state.replicasDiffer = true;
  state.localTurns.push(turn);
  let result: Awaited<T>;
  try {
    result = await open.during(() => training.unsynced.during([model], () => body({ step })));
  } finally {
    state.localTurns.splice(state.localTurns.indexOf(turn), 1);
  }
  // Without a step since then there is nothing to average, and momentum must not be applied twice.
  meetings.meet(turn.steps, true, () => {
    if (turn.steps === 0 || turn.steps % steps !== 0) weights.average(turn.steps);
    else collective.barrier(`localSgd(end, step ${turn.steps})`); // all learn of a rank that still trains
  });
  weights.release(); // not after an error, which other ranks may not have
  return result;
}

/** Knows whether the body is still running. */
class OpenBody {
  #isOver = false;

  async during<T>(body: () => T): Promise<Awaited<T>> {
    try {
      return await body();
    } finally {
      this.#isOver = true;
    }
  }

  requireOpen(): void {
    if (!this.#isOver) return;
    throw new AcceleratorError(
      "STATE_INVALID",
      "localSgd: step() was called after the end of the body: it has averaged the weights already. Call it inside.",
    );
  }
}

/** The float32 variables of a model in one flat buffer of shared memory. */
class AveragedWeights {
  readonly #training: Differentiation;
  readonly #collective: Collective;
  readonly #variables: readonly Variable[];
  readonly #buffer: Float32Array;
  readonly #outer: Required<OuterStep> | undefined;
  /** The weights after the last exchange, and the momentum; only with an outer step. */
  readonly #last: Float32Array;
  readonly #momentum: Float32Array;

  constructor(
    model: ModelVariables,
    training: Differentiation,
    collective: Collective,
    outer: Required<OuterStep> | undefined,
    resumed: LocalTurn["outer"],
  ) {
    this.#training = training;
    this.#collective = collective;
    this.#outer = outer;
    this.#variables = model.all.filter(({ dtype }) => dtype === "float32");
    const size = this.#variables.reduce((sum, variable) => sum + variable.size, 0);
    this.#buffer = collective.allocate(size, "localSgd");
    const outerSize = outer ? size : 0;
    this.#last = new Float32Array(outerSize);
    this.#momentum = new Float32Array(outerSize);
    if (!outer) return;
    if (resumed && resumed.last.length === size) {
      this.#last.set(resumed.last);
      this.#momentum.set(resumed.momentum);
      return;
    }
    this.#eachPart((part, variable, offset) => {
      readInto(part, variable);
      this.#last.set(part, offset);
    });
  }

  /** What a checkpoint has to know of the outer step. */
  get outerState(): LocalTurn["outer"] {
    return this.#outer && { last: this.#last, momentum: this.#momentum };
  }

  /** @param count steps since the beginning: every rank must have made as many. */
  average(count: number): void {
    this.#eachPart((part, variable) => readInto(part, variable));
    this.#collective.allReduce(this.#buffer, "mean", `localSgd(step ${count})`);
    const { trained } = this.#training.models;
    this.#eachPart((part, variable, offset) => {
      if (this.#outer && trained.has(variable)) this.#follow(part, offset, this.#outer);
      const mean = tensorOf(part, variable.shape);
      variable.assign(mean);
      mean.dispose();
    });
    this.#training.models.statistics.note(this.#variables);
  }

  release(): void {
    this.#collective.release(this.#buffer, "localSgd");
  }

  /** The step of SGD with Nesterov momentum, whose gradient is what the replicas have moved away from the last weights. */
  #follow(part: Float32Array, offset: number, outer: Required<OuterStep>): void {
    const { learningRate, momentum } = outer;
    for (let i = 0; i < part.length; i++) {
      const place = offset + i;
      const last = this.#last[place] as number;
      const gradient = last - (part[i] as number);
      const velocity = momentum * (this.#momentum[place] as number) + gradient;
      this.#momentum[place] = velocity;
      part[i] = last - learningRate * (gradient + momentum * velocity);
      this.#last[place] = part[i] as number;
    }
  }

  #eachPart(visit: (part: Float32Array, variable: Variable, offset: number) => void): void {
    let offset = 0;
    for (const variable of this.#variables) {
      visit(this.#buffer.subarray(offset, offset + variable.size), variable, offset);
      offset += variable.size;
    }
  }
}

function resolved(options: LocalSgdOptions): {
  steps: number;
  enabled: boolean;
  outer: Required<OuterStep> | undefined;
} {
  checkOptions("localSgd", options, RULES);
  const { localSgdSteps: steps = 8, enabled = true, outer } = options;
  if (!outer) return { steps, enabled, outer: undefined };
  checkOptions("localSgd, outer", outer, OUTER_RULES);
  const { learningRate = 0.7, momentum = 0.5 } = outer;
  return { steps, enabled, outer: { learningRate, momentum } };
}
