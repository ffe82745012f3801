import { AcceleratorError } from "./errors.ts";

/** Where a run puts its files. */
export type ProjectConfiguration = {
  /** Root of the project's files: checkpoints, and logs unless `loggingDir` says otherwise. */
  readonly projectDir?: string;
  /** Where trackers write; `projectDir` by default. */
  readonly loggingDir?: string;
};

/** The directories after Accelerate's rules: `projectDir` fills a configuration that has none. */
export function resolveProjectConfiguration(
  configuration: ProjectConfiguration | undefined,
  projectDir: string | undefined,
): { projectDir: string | undefined; loggingDir: string | undefined } {
  const root = configuration?.projectDir ?? projectDir;
  const directories = { projectDir: root, loggingDir: configuration?.loggingDir ?? root };
  for (const [name, value] of Object.entries(directories)) {
    if (value !== undefined && (typeof value !== "string" || value === "")) {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `${name} must be a path, got ${JSON.stringify(value)}.`,
      );
    }
  }
  return directories;
}
