/**
 * The inner state of tfjs's engine (tfjs-core 4.22, `engine.ts`): the tape and the scopes. Beside `data/dataset-tensors.ts` the
 * only file that knows its form; `check-engine.ts` verifies at start-up that it behaves as this folder expects.
 */
import { engine, type Tensor } from "@tensorflow/tfjs-core";

/** One recorded operation. `saved` are kept tensors that its gradient function reads. */
export type TapeNode = {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: Record<string, Tensor | Tensor[]>;
  readonly outputs: readonly Tensor[];
  readonly saved: Tensor[];
};

export type Scope = { readonly id: number };

export type EngineState = {
  activeTape: TapeNode[] | null;
  /** Operations are recorded while it is above 0. */
  gradientDepth: number;
  nextTapeNodeId: number;
  activeScope: Scope | null;
  readonly scopeStack: Scope[];
};

export const stateOf = (): EngineState => engine().state as unknown as EngineState;
