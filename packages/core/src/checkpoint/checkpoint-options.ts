import { AcceleratorError } from "../errors.ts";
import { checkOptions, type ForeignNames } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import type { RetentionRules } from "./files/retention-rules.ts";
import type { LoadStateOptions } from "./restore-plan.ts";

/** The best checkpoints by a metric. */
export type KeepBest = {
  /** The name of a value that is logged (without `reduce`), or that is passed to `saveState`. */
  readonly metric: string;
  /** Whether the best value is the lowest or the highest. */
  readonly mode: "min" | "max";
  /** Number of checkpoints. Default 1. */
  readonly count?: number;
};

/** When checkpoints are written by themselves, and which are kept. */
export type CheckpointPolicy = {
  /** Save after this many optimizer steps. */
  readonly everySteps?: number;
  /** Save when so many milliseconds have passed since the last save. */
  readonly everyMs?: number;
  /** Keep the best ones; of the others, the newest `totalLimit`, which is then 1 by default. */
  readonly keepBest?: KeepBest;
  /** Keep those whose step is a multiple of this. */
  readonly keepEverySteps?: number;
  /** Keep one for each such time, in milliseconds. */
  readonly keepEveryMs?: number;
  /** What a save of the policy does while an earlier one is still being written. Default `"wait"`. */
  readonly whenBusy?: "wait" | "skip";
  /** False leaves out what makes a checkpoint survive a power failure; it still survives a crash. Default true. */
  readonly durable?: boolean;
};

/** Options of `saveState`. */
export type SaveStateOptions = {
  /** Values for `keepBest`, which are also written to the checkpoint. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Resolve only when the checkpoint is on the disk. Default false. */
  readonly wait?: boolean;
};

const POSITIVE = { integerFrom: 1 } as const;

const POLICY_RULES: OptionRules<CheckpointPolicy> = {
  everySteps: POSITIVE,
  everyMs: POSITIVE,
  keepBest: "object",
  keepEverySteps: POSITIVE,
  keepEveryMs: POSITIVE,
  whenBusy: { oneOf: ["wait", "skip"] },
  durable: "boolean",
};

const POLICY_FOREIGN: ForeignNames = {
  totalLimit: "it belongs to projectConfiguration: { totalLimit }",
  saveSteps: 'did you mean "everySteps"?',
  everyNSteps: 'did you mean "everySteps"?',
  saveTopK: "use keepBest: { metric, mode, count }",
};

const BEST_RULES: OptionRules<KeepBest> = {
  metric: "string",
  mode: { oneOf: ["min", "max"] },
  count: POSITIVE,
};

/** @throws {AcceleratorError} `OPTION_INVALID`. */
export function checkPolicy(policy: CheckpointPolicy): CheckpointPolicy {
  checkOptions("checkpoints", policy, POLICY_RULES, POLICY_FOREIGN);
  if (policy.keepBest) {
    checkOptions("checkpoints.keepBest", policy.keepBest, BEST_RULES);
    const { metric, mode } = policy.keepBest;
    if (metric === undefined || metric === "" || mode === undefined) {
      throw new AcceleratorError(
        "OPTION_INVALID",
        'checkpoints.keepBest needs a metric and a mode, such as { metric: "val_loss", mode: "min" }.',
      );
    }
  }
  return policy;
}

/**
 * Otherwise a run would fail at its first save, perhaps hours after its start.
 *
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export function requirePlace(
  { everySteps, everyMs }: CheckpointPolicy,
  {
    projectDir,
    automaticCheckpointNaming,
  }: {
    readonly projectDir?: string | undefined;
    readonly automaticCheckpointNaming?: boolean | undefined;
  },
): void {
  if (everySteps === undefined && everyMs === undefined) return;
  if (projectDir !== undefined && automaticCheckpointNaming !== false) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `checkpoints: ${everySteps === undefined ? "everyMs" : "everySteps"} saves into numbered folders of the project: ` +
      (projectDir === undefined
        ? 'give the Accelerator a projectDir, such as "runs".'
        : "leave out automaticCheckpointNaming: false."),
  );
}

/**
 * Checks a path that may be left out.
 *
 * @param owner the call or the option that it belongs to.
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export function checkFolder(owner: string, folder: unknown): void {
  if (folder === undefined || (typeof folder === "string" && folder.trim() !== "")) return;
  const found = folder === "" ? '""' : typeof folder === "string" ? "only spaces" : typeof folder;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `${owner} must be the path of a folder, got ${folder === null ? "null" : found}. Leave it out for the default.`,
  );
}

/** @throws {AcceleratorError} `OPTION_INVALID`. */
export function checkSaveOptions(options: SaveStateOptions): void {
  checkOptions<SaveStateOptions>("saveState", options, { metrics: "object", wait: "boolean" });
  for (const [name, value] of Object.entries(options.metrics ?? {})) {
    if (typeof value === "number") continue;
    throw new AcceleratorError(
      "OPTION_INVALID",
      `saveState: the metric "${name}" must be a number.`,
    );
  }
}

/** @throws {AcceleratorError} `OPTION_INVALID`. */
export function checkLoadOptions(options: LoadStateOptions): void {
  checkOptions<LoadStateOptions>("loadState", options, { strict: "boolean", keep: "strings" });
  const unknown = options.keep?.find((name) => name !== "learningRate");
  if (unknown === undefined) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `loadState: keep may hold "learningRate", got "${unknown}".`,
  );
}

/** Which numbered checkpoints are kept. */
export function rulesOf(
  { keepBest, keepEverySteps, keepEveryMs }: CheckpointPolicy,
  totalLimit: number | undefined,
): RetentionRules {
  return { totalLimit, keepBest, keepEverySteps, keepEveryMs };
}
