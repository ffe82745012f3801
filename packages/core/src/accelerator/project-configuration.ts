import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";

/** Where a run puts its files. */
export type ProjectConfiguration = {
  /** Root of the project's files: checkpoints, and logs unless `loggingDir` says otherwise. */
  readonly projectDir?: string;
  /** Where trackers write; `projectDir` by default. */
  readonly loggingDir?: string;
  /**
   * Whether `saveState` without a folder numbers checkpoints in `checkpoints/checkpoint_0`, … of the project. Default: if there
   * is a `projectDir`.
   */
  readonly automaticCheckpointNaming?: boolean;
  /** The newest so many numbered checkpoints are kept; by default all. */
  readonly totalLimit?: number;
  /** The number of the next checkpoint; by default the one behind the highest that exists. */
  readonly iteration?: number;
};

const RULES: OptionRules<ProjectConfiguration> = {
  projectDir: "path",
  loggingDir: "path",
  automaticCheckpointNaming: "boolean",
  totalLimit: { integerFrom: 1 },
  iteration: { integerFrom: 0 },
};

export type ResolvedProject = {
  readonly projectDir: string | undefined;
  readonly loggingDir: string | undefined;
  readonly automaticCheckpointNaming: boolean | undefined;
  readonly totalLimit: number | undefined;
  readonly iteration: number | undefined;
};

/** The directories by Accelerate's rules: `projectDir` fills a configuration that has none. */
export function resolveProjectConfiguration(
  configuration: ProjectConfiguration | undefined,
  projectDir: string | undefined,
): ResolvedProject {
  if (configuration) checkOptions("projectConfiguration", configuration, RULES);
  const root = configuration?.projectDir ?? projectDir;
  const directories = { projectDir: root, loggingDir: configuration?.loggingDir ?? root };
  const { automaticCheckpointNaming, totalLimit, iteration } = configuration ?? {};
  return { ...directories, automaticCheckpointNaming, totalLimit, iteration };
}
