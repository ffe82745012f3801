import type { Tensor, TensorContainer, Variable } from "@tensorflow/tfjs-core";
import { beginRandomStep } from "../functions/dropout-key.ts";
import { timed } from "../phases.ts";
import { StepScope } from "../step/autograd.ts";
import {
  type LazyBackend,
  lazyBackend,
  type StepReplay,
  type TracedStep,
} from "../step/lazy-backend.ts";
import { observeStep } from "../step/step-observer.ts";
import type { Differentiation } from "./differentiate.ts";
import type { GradientOrigin } from "./gradients.ts";
import { fillTemplate, replaceTensors, templateOf } from "./tensor-template.ts";

/**
 * Runs before a step is run without replay for good: run 1 creates variables; run 2 turns changed numbers into
 * inputs.
 */
const MOST_TRACES = 5;
/** Most recordings of one step: if there are more, its shapes or arguments keep changing. */
const MOST_RECORDINGS = 64;

/** Number of replays after which the step runs once without replay, to check that it still does what was recorded. */
const FIRST_CHECKS: ReadonlySet<number> = new Set([16, 128]);
const CHECK_EVERY = 1024;

/** The state of all calls with the same shapes and arguments. */
type Recording = {
  traces: number;
  last: Trace | undefined;
  replay: { readonly run: StepReplay; readonly trace: Trace } | undefined;
  replays: number;
};

/** One observed run. */
type Trace = {
  readonly step: TracedStep;
  /** The returned value, with the index of each tensor instead of the tensor. */
  readonly result: unknown;
  readonly numResults: number;
  /** Of gradients that were left, in the order of the prepared variables. */
  readonly gradients: readonly (GradientOrigin | undefined)[];
};

/** A training step that runs without replay until its recordings allow one. */
export class CompiledStep<Args extends readonly unknown[], Result> {
  readonly #step: (...args: Args) => Result;
  readonly #training: Differentiation;
  readonly #recordings = new Map<string, Recording>();
  readonly #identities = new WeakMap<object, number>();
  #numIdentities = 0;
  #isRefused = false;

  constructor(step: (...args: Args) => Result, training: Differentiation) {
    this.#step = step;
    this.#training = training;
  }

  async run(args: Args): Promise<Awaited<Result>> {
    beginRandomStep();
    const backend = lazyBackend();
    if (backend && this.#training.scaler && !this.#isRefused) {
      this.#refuse("a gradScaler decides by the values of each step whether it is skipped");
    }
    if (!backend || this.#isRefused) return this.#runAsItIs(args);
    const key = this.#keyOf(args);
    let recording = this.#recordings.get(key);
    if (recording?.replay) {
      recording.replays += 1;
      const isCheck = FIRST_CHECKS.has(recording.replays) || recording.replays % CHECK_EVERY === 0;
      return isCheck
        ? this.#check(args, recording.replay, backend)
        : this.#replay(args, recording.replay);
    }
    if (!recording) {
      if (this.#recordings.size === MOST_RECORDINGS) {
        this.#refuse(`its inputs came in more than ${MOST_RECORDINGS} different shapes`);
        return this.#runAsItIs(args);
      }
      recording = { traces: 0, last: undefined, replay: undefined, replays: 0 };
      this.#recordings.set(key, recording);
    }
    return this.#trace(args, recording, backend);
  }

  async #runAsItIs(args: Args): Promise<Awaited<Result>> {
    const scope = new StepScope();
    try {
      const result = await this.#step(...args);
      scope.close(result as TensorContainer);
      return result;
    } finally {
      scope.close();
    }
  }

  async #trace(args: Args, recording: Recording, backend: LazyBackend): Promise<Awaited<Result>> {
    const [result, trace] = await this.#follow(args, recording.last?.step, backend);
    this.#consider(recording, backend, trace);
    return result;
  }

  /** Runs the step instead of a replay, because a number that it uses may have changed since. */
  async #check(
    args: Args,
    replay: NonNullable<Recording["replay"]>,
    backend: LazyBackend,
  ): Promise<Awaited<Result>> {
    const [result, trace] = await this.#follow(args, replay.trace.step, backend);
    const difference = trace.step.refusal ?? differenceOf(trace, replay.trace);
    trace.step.release();
    if (difference !== undefined) {
      this.#refuse(
        `it has changed since it was recorded, and calls before this one may have repeated what it did then: ${difference}`,
      );
    }
    return result;
  }

  /** Runs the step and records what it does. */
  async #follow(
    args: Args,
    previous: TracedStep | undefined,
    backend: LazyBackend,
  ): Promise<[Awaited<Result>, Trace]> {
    const capture = backend.captureStep(this.#given(args), previous);
    const outer = observeStep(capture);
    let result: Awaited<Result>;
    try {
      result = await this.#runAsItIs(args);
    } catch (error) {
      capture.abandon();
      throw error;
    } finally {
      observeStep(outer);
    }
    const { template, tensors } = templateOf(result);
    const gradients = this.#gradients();
    const kept = gradients.filter((gradient) => gradient !== undefined);
    const trace: Trace = {
      step: capture.finish([...tensors, ...kept]),
      result: template,
      numResults: tensors.length,
      gradients: this.#origins(),
    };
    return [result, trace];
  }

  /** Decides after each run: replay from now on, record another run, or never replay. */
  #consider(recording: Recording, backend: LazyBackend, trace: Trace): void {
    const { last } = recording;
    recording.traces += 1;
    recording.last = trace;
    const difference = last ? differenceOf(trace, last) : "it has run only once";
    last?.step.release();
    const { refusal } = trace.step;
    if (refusal === undefined && difference === undefined) {
      recording.replay = { run: backend.replayOf(trace.step), trace };
    } else if (refusal !== undefined) this.#refuse(refusal);
    else if (recording.traces === MOST_TRACES) this.#refuse(difference ?? "");
  }

  #refuse(reason: string): void {
    this.#isRefused = true;
    for (const { replay, last } of this.#recordings.values()) {
      if (replay) replay.run.release();
      else last?.step.release();
    }
    this.#recordings.clear();
    process.emitWarning(
      `compileStep: the step cannot be replayed and runs as it is: ${reason}.`,
      "AcceleratorWarning",
    );
  }

  #replay(args: Args, { run, trace }: NonNullable<Recording["replay"]>): Awaited<Result> {
    const kept = timed("replay", () => run.run(this.#given(args)));
    let next = trace.numResults;
    const { gradients } = this.#training.models;
    for (const [i, variable] of this.#variables().entries()) {
      const origin = trace.gradients[i];
      if (origin) gradients.set(variable, kept[next++] as Tensor, origin);
      else gradients.clear([variable]);
    }
    return fillTemplate(trace.result, kept) as Awaited<Result>;
  }

  /** The arguments, then the gradients that are there. */
  #given(args: Args): Tensor[] {
    const { tensors } = templateOf(args);
    return [...tensors, ...this.#gradients().filter((gradient) => gradient !== undefined)];
  }

  #gradients(): (Tensor | undefined)[] {
    const { gradients } = this.#training.models;
    return this.#variables().map((variable) => gradients.get(variable));
  }

  #origins(): (GradientOrigin | undefined)[] {
    const { gradients } = this.#training.models;
    return this.#variables().map((variable) => gradients.originOf(variable));
  }

  /** What may have a gradient. */
  #variables(): readonly Variable[] {
    const { variables, items } = this.#training.models;
    return items.variables.length === 0 ? variables : [...variables, ...items.variables];
  }

  /** A key that is equal for calls that may share a recording. */
  #keyOf(args: Args): string {
    const { state, models, unsynced } = this.#training;
    const { syncGradients, accumulation, step, endOfDataloader } = state;
    const { numSteps, syncWithDataloader } = accumulation;
    return JSON.stringify([
      replaceTensors(
        args,
        ({ dtype, shape }) => ({ dtype, shape }),
        (value) => this.#label(value),
      ),
      this.#origins(),
      models.trainableKey,
      models.generation,
      models.models.map((model) => unsynced.stateOf(model)),
      models.models.map((model) => (state.hasBegun(model) ? 1 : 0)),
      [syncGradients, accumulation, step % numSteps, state.uneven !== undefined],
      // One step per window is the same step at the end of a loader.
      numSteps > 1 && syncWithDataloader && endOfDataloader,
    ]);
  }

  #label(value: unknown): unknown {
    if ((typeof value !== "object" || value === null) && typeof value !== "function") {
      return [typeof value, String(value)];
    }
    let identity = this.#identities.get(value);
    if (identity === undefined) {
      identity = this.#numIdentities++;
      this.#identities.set(value, identity);
    }
    return ["object", identity];
  }
}

function differenceOf(trace: Trace, last: Trace): string | undefined {
  if (JSON.stringify(trace.gradients) !== JSON.stringify(last.gradients)) {
    return "it leaves different gradients";
  }
  if (JSON.stringify(trace.result) !== JSON.stringify(last.result)) {
    return "it returns different things";
  }
  return trace.step.differenceFrom(last.step);
}
