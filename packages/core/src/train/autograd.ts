/**
 * Gradient tapes and tensor scopes that follow a training loop instead of a closure. The only file that
 * touches tfjs's engine internals (tfjs-core 4.22, `engine.ts`); `checkEngine` verifies at start-up that
 * they behave as relied on here.
 */
import {
  customGrad,
  engine,
  fill,
  mul,
  scalar,
  Tensor,
  type TensorContainer,
  type Variable,
  variable,
} from "@tensorflow/tfjs-core";
import { markDueStep } from "../backend/step-mark.ts";
import { AcceleratorError } from "../errors.ts";

/** One recorded operation. `saved` are kept tensors that its gradient function reads. */
type TapeNode = {
  readonly id: number;
  readonly inputs: Record<string, Tensor>;
  readonly outputs: readonly Tensor[];
  readonly saved: Tensor[];
};

type Scope = { readonly id: number };

type EngineState = {
  activeTape: TapeNode[] | null;
  /** Operations are recorded while it is above 0. */
  gradientDepth: number;
  nextTapeNodeId: number;
  activeScope: Scope | null;
  readonly scopeStack: Scope[];
};

const stateOf = (): EngineState => engine().state as unknown as EngineState;

let gradEnabled = true;

/** Whether operations made now are recorded for `gradientsOf`. */
export function isRecording(): boolean {
  const state = stateOf();
  return state.gradientDepth > 0 && state.activeTape !== null;
}

/**
 * The tensors and the recorded operations of one training step. Opening it starts a scope and, unless
 * gradients are off, records every operation; closing it disposes everything made since, except variables
 * and kept tensors. Steps nest: an evaluation inside an epoch opens steps inside a step.
 */
export class StepScope {
  readonly #scope: Scope;
  readonly #outerTape: TapeNode[] | null;
  readonly #outerDepth: number;
  /** Older nodes belong to the enclosing steps: they are not ours to release. */
  readonly #firstNode: number;
  readonly #records = gradEnabled;

  constructor() {
    const state = stateOf();
    engine().startScope("step");
    this.#scope = state.activeScope as Scope;
    this.#outerTape = state.activeTape;
    this.#outerDepth = state.gradientDepth;
    if (this.#records) {
      // An inner step goes on recording on the tape of the outer one, so that a loss may reach back.
      if (state.gradientDepth === 0) state.activeTape = [];
      state.gradientDepth = 1;
    }
    this.#firstNode = state.nextTapeNodeId;
  }

  /** Whether the scope is still open: closing an outer step closes the ones inside it. */
  get isOpen(): boolean {
    return stateOf().scopeStack.includes(this.#scope);
  }

  /** Disposes what the step made. Tensors in `result` survive and belong to the enclosing scope. */
  close(result?: TensorContainer): void {
    if (!this.isOpen) return;
    const state = stateOf();
    if (this.#records) {
      const tape = state.activeTape ?? [];
      for (const node of tape) if (node.id >= this.#firstNode) disposeAll(node.saved);
      replaceContents(tape, (node) => node.id < this.#firstNode);
      state.activeTape = this.#outerTape;
      state.gradientDepth = this.#outerDepth;
    }
    while (state.activeScope !== this.#scope) engine().endScope(); // abandoned inner steps
    engine().endScope(result);
    markDueStep();
  }
}

/**
 * Gradients of a scalar with respect to variables, from the operations recorded since the step began.
 * `loss` may come from any of them; the part of the tape that leads to it is released afterwards unless
 * `retainGraph` is set, the rest stays for a second loss.
 *
 * @param scale the gradient of the result with respect to `loss`: 1 / accumulation steps.
 * @returns one gradient per variable, `undefined` where the loss does not depend on it. They belong to
 *   the active scope.
 */
export function gradientsOf(
  loss: Tensor,
  variables: readonly Variable[],
  scale: number,
  retainGraph: boolean,
): (Tensor | undefined)[] {
  const state = stateOf();
  const { activeTape: tape, gradientDepth: depth } = state;
  const graph = ancestorsOf(loss, tape ?? []);
  try {
    // `gradients` starts a tape, calls us, filters the tape, walks it back and disposes what it saved. We
    // hand it the graph of this loss alone, and a depth of one, so that the walk itself is not recorded.
    state.gradientDepth = 0;
    const { grads } = engine().gradients(
      () => {
        state.activeTape = retainGraph ? graph.map((node) => ({ ...node, saved: [] })) : graph;
        return loss;
      },
      variables as Variable[],
      fill(loss.shape, scale),
      true,
    );
    return grads;
  } finally {
    const released = new Set(retainGraph ? [] : graph);
    // In place: enclosing steps hold the same array.
    if (tape && released.size > 0) replaceContents(tape, (node) => !released.has(node));
    state.activeTape = tape;
    state.gradientDepth = depth;
  }
}

/** Runs `fn`, also across its awaits, without recording operations. */
export function withoutGradients<T>(fn: () => T): T {
  const state = stateOf();
  const { activeTape, gradientDepth } = state;
  const wasEnabled = gradEnabled;
  const restore = () => {
    gradEnabled = wasEnabled;
    state.activeTape = activeTape;
    state.gradientDepth = gradientDepth;
  };
  gradEnabled = false;
  state.activeTape = null; // a `variableGrads` inside starts a tape of its own
  state.gradientDepth = 0;
  let result: T;
  try {
    result = fn();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}

/**
 * Verifies the engine behaviour this file relies on with one small gradient.
 *
 * @throws {AcceleratorError} `BACKEND_UNAVAILABLE` if this version of tfjs behaves otherwise.
 */
export function checkEngine(): void {
  if (checked) return;
  const before = engine().memory().numTensors;
  const step = new StepScope();
  const x = variable(scalar(3));
  const [gradient] = gradientsOf(squareOf(x), [x], 1, false);
  const value = gradient?.dataSync()[0];
  step.close();
  x.dispose();
  if (value !== 6 || engine().memory().numTensors !== before) {
    throw new AcceleratorError(
      "BACKEND_UNAVAILABLE",
      `The gradient engine of this tfjs-core does not behave as expected: d(x^2)/dx at 3 gave ${value}, ` +
        `tensors left: ${engine().memory().numTensors - before}. Install @tensorflow/tfjs-core 4.22.`,
    );
  }
  checked = true;
}

let checked = false;

/** Brings its own gradient: tfjs-core alone registers none. */
const squareOf = customGrad((x) => {
  const input = x as Tensor;
  return { value: mul(input, input), gradFunc: (dy: Tensor) => mul(dy, mul(input, 2)) };
});

/** The recorded operations that `result` depends on, in order of recording. */
function ancestorsOf(result: Tensor, tape: readonly TapeNode[]): TapeNode[] {
  const needed = new Set([result.id]);
  const graph: TapeNode[] = [];
  for (let i = tape.length - 1; i >= 0; i--) {
    const node = tape[i] as TapeNode;
    if (!node.outputs.some((output) => needed.has(output.id))) continue;
    for (const input of Object.values(node.inputs)) {
      if (input instanceof Tensor) needed.add(input.id);
      else for (const part of input as unknown as Tensor[]) needed.add(part.id);
    }
    graph.push(node);
  }
  return graph.reverse();
}

function replaceContents<T>(array: T[], keep: (item: T) => boolean): void {
  let length = 0;
  for (const item of array) if (keep(item)) array[length++] = item;
  array.length = length;
}

function disposeAll(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}
