import { AcceleratorError, type ErrorCode } from "../errors.ts";

export type LoadStateOptions = {
  /**
   * If false, what fits the prepared objects is loaded, and a warning says what does not. Default true: any difference is an
   * error, and nothing is changed.
   */
  readonly strict?: boolean;
  /** What keeps its present value. */
  readonly keep?: readonly "learningRate"[];
};

/** What loading a state will do. Everything is checked when it is made; nothing is changed before `commit`. */
export class RestorePlan {
  readonly strict: boolean;
  readonly keepsLearningRate: boolean;
  /** What the user should know. */
  readonly notices: string[] = [];
  /** The changes, in order. */
  readonly commits: (() => void | Promise<void>)[] = [];

  constructor({ strict = true, keep = [] }: LoadStateOptions) {
    this.strict = strict;
    this.keepsLearningRate = keep.includes("learningRate");
  }

  /** Something is not as in the checkpoint, and there is a way to go on. @throws {AcceleratorError} if strict. */
  mismatch(code: ErrorCode, difference: string): void {
    if (this.strict) throw new AcceleratorError(code, `loadState: ${difference}`);
    this.notices.push(difference);
  }

  /** A checkpoint has as many of a kind as are prepared. @throws {AcceleratorError} if strict. */
  requireCount(kind: string, saved: number, prepared: number): void {
    if (saved === prepared) return;
    this.mismatch(
      "CHECKPOINT_MODEL_MISMATCH",
      `the checkpoint has ${saved} ${kind}(s), and ${prepared} are prepared.`,
    );
  }

  async commit(): Promise<void> {
    for (const change of this.commits) await change();
  }
}
