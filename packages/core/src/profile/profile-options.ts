import { AcceleratorError } from "../errors.ts";
import { checkOptions, type ForeignNames } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import type { PhaseTotals } from "./phase-totals.ts";

/** Which steps are recorded: after `skipFirst` steps, cycles of `wait`, `warmup` and `active` steps. */
export type ProfileSchedule = {
  /** Steps that are recorded in each cycle. */
  readonly active: number;
  /** Steps of each cycle before them that are not. Default 0. */
  readonly wait?: number;
  /** Further steps that are not recorded, for what runs slower at first. Default 0. */
  readonly warmup?: number;
  /** Cycles; 0 for as many as there are steps. Default 0. */
  readonly repeat?: number;
  /** Steps before the first cycle. Default 0. */
  readonly skipFirst?: number;
};

/** What was recorded in one cycle, or without a schedule in all steps. */
export type ProfileTrace = {
  /** The number of the cycle, from 0. */
  readonly cycle: number;
  /** Time and count of each phase of this rank. */
  readonly totals: PhaseTotals;
  /** Where the trace is written; undefined without `outputTraceDir`. */
  readonly path: string | undefined;
};

export type ProfileOptions = {
  /** Needs a call of `profiler.step()` at the end of each step. By default everything is recorded. */
  readonly schedule?: ProfileSchedule;
  /** The folder for the traces: `profile_<rank>.json`, with a schedule `profile_<rank>_<cycle>.json`. */
  readonly outputTraceDir?: string;
  /** Called on every rank after each cycle; its trace may not be on the disk yet. */
  readonly onTraceReady?: (trace: ProfileTrace) => void;
};

export type ResolvedProfileOptions = {
  readonly schedule: Required<ProfileSchedule> | undefined;
  readonly outputTraceDir: string | undefined;
  readonly onTraceReady: ((trace: ProfileTrace) => void) | undefined;
};

const RULES: OptionRules<ProfileOptions> = {
  schedule: "object",
  outputTraceDir: "string",
  onTraceReady: "function",
};
const SCHEDULE_RULES: OptionRules<ProfileSchedule> = {
  active: { integerFrom: 1 },
  wait: { integerFrom: 0 },
  warmup: { integerFrom: 0 },
  repeat: { integerFrom: 0 },
  skipFirst: { integerFrom: 0 },
};

const PHASES_ONLY = "phases of steps are recorded, not single operations, so leave it out";
const FOREIGN_NAMES: ForeignNames = {
  scheduleOption: 'did you mean "schedule"?',
  outputDir: 'did you mean "outputTraceDir"?',
  activities: PHASES_ONLY,
  recordShapes: PHASES_ONLY,
  profileMemory: PHASES_ONLY,
  withStack: PHASES_ONLY,
  withFlops: PHASES_ONLY,
  withModules: PHASES_ONLY,
};

/** Fills defaults. @throws {AcceleratorError} `OPTION_INVALID`. */
export function resolveProfileOptions(options: ProfileOptions): ResolvedProfileOptions {
  checkOptions("profile", options, RULES, FOREIGN_NAMES);
  const { schedule, outputTraceDir, onTraceReady } = options;
  if (outputTraceDir === "") throw invalid("outputTraceDir must be a path, got an empty string.");
  if (schedule) checkOptions("profile, schedule", schedule, SCHEDULE_RULES);
  if (schedule && schedule.active === undefined) {
    throw invalid("schedule needs active, the number of steps to record in each cycle.");
  }
  return { schedule: schedule && withDefaults(schedule), outputTraceDir, onTraceReady };
}

function withDefaults(schedule: ProfileSchedule): Required<ProfileSchedule> {
  const { active, wait = 0, warmup = 0, repeat = 0, skipFirst = 0 } = schedule;
  return { active, wait, warmup, repeat, skipFirst };
}

function invalid(message: string): AcceleratorError {
  return new AcceleratorError("OPTION_INVALID", `profile: ${message}`);
}

/** The cycle that records a step; undefined if none does. */
export function cycleOf(
  step: number,
  schedule: Required<ProfileSchedule> | undefined,
): number | undefined {
  if (!schedule) return 0;
  const { wait, warmup, active, repeat, skipFirst } = schedule;
  const length = wait + warmup + active;
  const cycle = Math.floor((step - skipFirst) / length);
  if (step < skipFirst || (repeat > 0 && cycle >= repeat)) return undefined;
  return (step - skipFirst) % length >= wait + warmup ? cycle : undefined;
}
