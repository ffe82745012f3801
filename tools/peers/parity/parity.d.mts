export type Json =
  | number
  | string
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** What a scenario came to. */
export type Outcome = {
  /** As `readBack` gives it. */
  readonly recorded: { readonly [key: string]: Json };
  /** Message of each call that threw, by name, such as `"log 3"`; as `replayScenario` gives it. */
  readonly errors: { readonly [call: string]: string };
};

/** A place where the two differ; `undefined` is nothing at that place. */
export type Difference = {
  readonly scenario: string;
  /** Keys down to the value, list positions as text; below `"errors"` the calls that threw. */
  readonly path: readonly string[];
  readonly reference: Json | undefined;
  readonly ours: Json | undefined;
};

/** A difference that is as it should be. */
export type ExpectedDifference = {
  /** Name of the scenario, several, or `"*"` for any. */
  readonly scenario: string | readonly string[];
  /** Covers every difference at or below it; `"*"` stands for any key. */
  readonly path: readonly string[];
  /** What we record, to pin it; it then covers a difference at exactly this path. */
  readonly ours?: Json | undefined;
  /** Why ours is right. */
  readonly reason: string;
};

export function scenariosOf(tracker: string): string[];

/** Needs the packages built. @param env added to an environment in which the official trackers would be offline. */
export function replayScenario(
  tracker: string,
  scenario: string,
  workFolder: string,
  env?: { readonly [name: string]: string },
): Promise<{ readonly errors: Outcome["errors"]; readonly output: string }>;

/** @param folder the work folder of the replay. @param python as `pythonOf` gives it. */
export function readBack(
  tracker: string,
  folder: string,
  python: string,
  env?: { readonly [name: string]: string },
): Promise<Outcome["recorded"]>;

export function differencesOf(
  tracker: string,
  outcomes: { readonly [scenario: string]: Outcome },
): Difference[];

/** @throws if there is a difference that `expected` does not list, or it lists one that there is not. */
export function requireParity(
  tracker: string,
  outcomes: { readonly [scenario: string]: Outcome },
  expected: readonly ExpectedDifference[],
): void;
