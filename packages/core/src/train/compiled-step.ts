import { Tensor, type TensorContainer } from "@tensorflow/tfjs-core";
import {
  type LazyBackend,
  lazyBackend,
  type StepReplay,
  type TracedStep,
} from "../backend/lazy-backend.ts";
import { beginRandomStep } from "../functions/dropout-key.ts";
import { isPlainObject } from "../plain-object.ts";
import { StepScope } from "./autograd.ts";
import type { GradientState } from "./gradient-state.ts";
import type { GradientStore } from "./gradient-store.ts";
import type { ModelRegistry } from "./model-registry.ts";
import { observeStep } from "./step-observer.ts";
import type { UnsyncedModels } from "./unsynced-models.ts";

/** Runs before a step is given up: the first makes variables, numbers turn into inputs with the second. */
const MOST_TRACES = 5;
/** Recordings of one step: beyond them, shapes or arguments vary without end. */
const MOST_RECORDINGS = 64;

/** What became of calls that look alike from outside. */
type Recording = {
  traces: number;
  last: Trace | undefined;
  replay: { readonly run: StepReplay; readonly trace: Trace } | undefined;
};

/** One run that was followed. */
type Trace = {
  readonly step: TracedStep;
  /** What was returned, with the place of each tensor instead of the tensor. */
  readonly result: unknown;
  readonly numResults: number;
  /** Gradients that were left, in the order of `gradientSlots`. */
  readonly gradients: readonly boolean[];
};

type GradientSlot = {
  readonly store: GradientStore;
  readonly variable: GradientStore["variables"][number];
};

/** A training step that is run as it is until it is known well enough to be replayed. */
export class CompiledStep<Args extends readonly unknown[], Result> {
  readonly #step: (...args: Args) => Result;
  readonly #state: GradientState;
  readonly #models: ModelRegistry;
  readonly #unsynced: UnsyncedModels;
  readonly #recordings = new Map<string, Recording>();
  readonly #identities = new WeakMap<object, number>();
  #numIdentities = 0;
  #isRefused = false;

  constructor(
    step: (...args: Args) => Result,
    state: GradientState,
    models: ModelRegistry,
    unsynced: UnsyncedModels,
  ) {
    this.#step = step;
    this.#state = state;
    this.#models = models;
    this.#unsynced = unsynced;
  }

  async run(args: Args): Promise<Awaited<Result>> {
    beginRandomStep();
    const backend = lazyBackend();
    if (!backend || this.#isRefused) return this.#runAsItIs(args);
    const key = this.#keyOf(args);
    let recording = this.#recordings.get(key);
    if (recording?.replay) return this.#replay(args, recording.replay);
    if (!recording) {
      if (this.#recordings.size === MOST_RECORDINGS) {
        this.#refuse(`its inputs came in more than ${MOST_RECORDINGS} different shapes`);
        return this.#runAsItIs(args);
      }
      recording = { traces: 0, last: undefined, replay: undefined };
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
    const capture = backend.captureStep(this.#given(args), recording.last?.step);
    const previous = observeStep(capture);
    let result: Awaited<Result>;
    try {
      result = await this.#runAsItIs(args);
    } catch (error) {
      capture.abandon();
      throw error;
    } finally {
      observeStep(previous);
    }
    const tensors: Tensor[] = [];
    const template = replaceTensors(result, (tensor) => new Place(tensors.push(tensor) - 1));
    const slots = this.#gradientSlots();
    const gradients = slots.map(({ store, variable }) => store.get(variable));
    const kept = gradients.filter((gradient) => gradient !== undefined);
    this.#consider(recording, backend, {
      step: capture.finish([...tensors, ...kept]),
      result: template,
      numResults: tensors.length,
      gradients: gradients.map((gradient) => gradient !== undefined),
    });
    return result;
  }

  /** Decides what a further run means: a replay from now on, another run, or none ever. */
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
    const kept = run.run(this.#given(args));
    let next = trace.numResults;
    for (const [i, { store, variable }] of this.#gradientSlots().entries()) {
      if (trace.gradients[i]) store.set(variable, kept[next++] as Tensor);
      else store.clear([variable]);
    }
    return fillPlaces(trace.result, kept) as Awaited<Result>;
  }

  /** The arguments, then the gradients that are there. */
  #given(args: Args): Tensor[] {
    const tensors: Tensor[] = [];
    replaceTensors(args, (tensor) => tensors.push(tensor));
    const gradients = this.#gradientSlots().map(({ store, variable }) => store.get(variable));
    return [...tensors, ...gradients.filter((gradient) => gradient !== undefined)];
  }

  #gradientSlots(): GradientSlot[] {
    return this.#models.stores.flatMap((store) =>
      store.variables.map((variable) => ({ store, variable })),
    );
  }

  /** Text that is equal for calls which may share a recording. */
  #keyOf(args: Args): string {
    const { syncGradients, accumulation, step, endOfDataloader } = this.#state;
    const { numSteps, syncWithDataloader } = accumulation;
    const { stores } = this.#models;
    const unsynced = this.#unsynced.stores;
    return JSON.stringify([
      replaceTensors(
        args,
        ({ dtype, shape }) => ({ dtype, shape }),
        (value) => this.#label(value),
      ),
      this.#gradientSlots().map(({ store, variable }) => (store.get(variable) ? 1 : 0)),
      stores.map((store) => (unsynced.has(store) ? 1 : 0)),
      [syncGradients, accumulation, step % numSteps],
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

/** Stands for the tensor at this place of a list. */
class Place {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

/** A copy of arrays and plain objects with their tensors, and what else they hold, replaced. */
function replaceTensors(
  value: unknown,
  replace: (tensor: Tensor) => unknown,
  replaceOther: (value: unknown) => unknown = (other) => other,
): unknown {
  if (value instanceof Tensor) return replace(value);
  const descend = (item: unknown) => replaceTensors(item, replace, replaceOther);
  if (Array.isArray(value)) return value.map(descend);
  if (!isPlainObject(value)) return replaceOther(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, descend(item)]));
}

function fillPlaces(template: unknown, tensors: readonly Tensor[]): unknown {
  return replaceTensors(
    template,
    (tensor) => tensor,
    (value) => (value instanceof Place ? tensors[value.index] : value),
  );
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
