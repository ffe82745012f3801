import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { AcceleratorError } from "../errors.ts";
import type { Target } from "./checkpoint-content.ts";

export type FolderOptions = {
  readonly projectDir: string | undefined;
  /** False: every `saveState` needs a folder. */
  readonly automaticCheckpointNaming: boolean | undefined;
  /** The number of the first checkpoint; undefined: the one behind the highest that exists. */
  readonly iteration: number | undefined;
};

/** Where the checkpoints of a project are, and their numbers. */
export class CheckpointFolder {
  readonly #options: FolderOptions;
  #next: number | undefined;
  /** Whether `#next` was set by the user or found out. */
  #isKnown: boolean;

  constructor(options: FolderOptions) {
    this.#options = options;
    this.#next = options.iteration;
    this.#isKnown = options.iteration !== undefined;
  }

  /** The number of the next checkpoint. */
  get iteration(): number {
    return this.#next ?? 0;
  }

  /** The folder of numbered checkpoints; undefined without a project. */
  get path(): string | undefined {
    const { projectDir } = this.#options;
    return projectDir === undefined ? undefined : join(expand(projectDir), "checkpoints");
  }

  /** @throws {AcceleratorError} `OPTION_INVALID` if there is none. */
  require(call: string): string {
    const { automaticCheckpointNaming } = this.#options;
    if (this.path !== undefined && automaticCheckpointNaming !== false) return this.path;
    throw new AcceleratorError(
      "OPTION_INVALID",
      `${call} needs a folder: pass one, or give the Accelerator a projectDir, so that checkpoints are numbered in it` +
        `${automaticCheckpointNaming === false ? ", and automaticCheckpointNaming: true" : ""}.`,
    );
  }

  /**
   * The place of the next checkpoint. Its number is never that of another one, also after a resume.
   *
   * @param folder the one that the caller named.
   */
  async target(folder: string | undefined): Promise<Target> {
    if (folder !== undefined) return { path: expand(folder), iteration: undefined };
    const parent = this.require("saveState");
    if (!this.#isKnown) {
      const { nextCheckpoint } = await import("./files/find-checkpoints.ts");
      this.#next = (await nextCheckpoint(parent)).iteration;
      this.#isKnown = true;
    }
    const iteration = this.iteration;
    return { path: join(parent, `checkpoint_${iteration}`), iteration };
  }

  /** The checkpoint with this number is being written. Every rank. */
  passed(iteration: number | undefined): void {
    if (iteration === undefined) return;
    this.#next = iteration + 1;
    this.#isKnown = true;
  }
}

/** An absolute path; `~` is the home folder. */
export function expand(path: string): string {
  return resolve(path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path);
}
