/** Gradient tapes and tensor scopes that follow a training loop instead of a closure. */
import { engine, fill, type Tensor, type TensorContainer, Variable } from "@tensorflow/tfjs-core";
import { type Scope, stateOf, type TapeNode } from "./engine-state.ts";
import { markDueStep } from "./step-mark.ts";

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
  /** Older nodes belong to the enclosing steps, which release them. */
  readonly #firstNode: number;
  readonly #records = gradEnabled;

  constructor() {
    const state = stateOf();
    engine().startScope("step");
    this.#scope = state.activeScope as Scope;
    this.#outerTape = state.activeTape;
    this.#outerDepth = state.gradientDepth;
    if (this.#records) {
      // An inner step continues the tape of the outer one, so that a loss can depend on operations of the outer step.
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

/** The recorded operations that a tensor depends on, and the variables that they read. */
export type RecordedGraph = {
  readonly nodes: TapeNode[];
  readonly variables: ReadonlySet<Variable>;
};

/**
 * Gradients of a scalar with respect to variables, from the operations recorded since the step began. `loss` may be
 * the result of any of them. The part of the tape that leads to it is released afterwards unless `retainGraph` is
 * set; the rest stays for a second loss.
 *
 * @param graph the result of `graphOf(loss)`.
 * @param scale the gradient of the result with respect to `loss`: 1 / accumulation steps.
 * @returns one gradient per variable, `undefined` where the loss does not depend on it. They belong to
 *   the active scope.
 */
export function gradientsOf(
  loss: Tensor,
  { nodes: graph }: RecordedGraph,
  variables: readonly Variable[],
  scale: number,
  retainGraph: boolean,
): (Tensor | undefined)[] {
  const state = stateOf();
  const { activeTape: tape, gradientDepth: depth } = state;
  try {
    // `gradients` starts a tape, calls our function, filters the tape, walks it backward and disposes what it saved.
    // We give it only the graph of this loss, and a depth of one, so that the backward walk is not recorded.
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

/** The recorded operations that lead to `result`, in the order of recording. */
export function graphOf(result: Tensor): RecordedGraph {
  const tape = stateOf().activeTape ?? [];
  const needed = new Set([result.id]);
  const nodes: TapeNode[] = [];
  const variables = new Set<Variable>();
  if (result instanceof Variable) variables.add(result);
  for (let i = tape.length - 1; i >= 0; i--) {
    const node = tape[i] as TapeNode;
    if (!node.outputs.some((output) => needed.has(output.id))) continue;
    for (const input of Object.values(node.inputs).flat()) {
      needed.add(input.id);
      if (input instanceof Variable) variables.add(input);
    }
    nodes.push(node);
  }
  return { nodes: nodes.reverse(), variables };
}

function replaceContents<T>(array: T[], keep: (item: T) => boolean): void {
  let length = 0;
  for (const item of array) if (keep(item)) array[length++] = item;
  array.length = length;
}

function disposeAll(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}
