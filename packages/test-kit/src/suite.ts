import { type Test, suite as uvuSuite } from "uvu";

/** Set by the runner of the long tests: then the slow tests of a file run, and only they. */
const RUNS_SLOW = process.env.ACC_SLOW_TESTS === "1";

/** A suite whose `slow` tests run with `npm run test:long`, and all others with `npm test`. */
export type SuiteWithSlow = Test & {
  /** Registers tests that take long and are not the only ones of their kind. */
  readonly slow: Test;
};

export function suite(name: string): SuiteWithSlow {
  const inner = uvuSuite(name);
  const registered = (isSlow: boolean) => (title: string, run: Parameters<Test>[1]) => {
    if (isSlow === RUNS_SLOW) inner(title, run);
  };
  const { before, after, only, skip, run } = inner;
  const members = { before, after, only, skip, run };
  const slow = Object.assign(registered(true), members);
  return Object.assign(registered(false), { ...members, slow });
}
