import { AcceleratorError } from "../errors.ts";
import { type Fault, faultOf } from "../fault.ts";
import { expand } from "./checkpoint-folder.ts";
import type { FoundContent } from "./read-content.ts";

export type Wanted = {
  /** The checkpoint that the script names. */
  readonly folder: string | undefined;
  /** `resumeFromCheckpoint`: `"latest"`, or the path of a checkpoint. */
  readonly resume: string | undefined;
  /** The folder in which the newest one is looked for. @throws {AcceleratorError} if there is none. */
  readonly parent: () => string;
  /** Called first. @throws {AcceleratorError} if nothing can be loaded now. */
  readonly prepare: () => Promise<void>;
  readonly warn: (message: string) => void;
  /** Whether other ranks will look at what is read. */
  readonly isShared: boolean;
};

/** What the main process has read; neither for a run that begins anew. */
export type Reading = { readonly content?: FoundContent | undefined; readonly fault?: Fault };

/** Reads the checkpoint that `loadState` is to load: the one that is named, the one to go on from, or the newest. Never rejects. */
export async function readWanted({
  folder,
  resume,
  parent,
  prepare,
  warn,
  isShared,
}: Wanted): Promise<Reading> {
  try {
    await prepare();
    const { readContent, readNewest } = await import("./read-content.ts");
    const named = folder ?? (resume === "latest" ? undefined : resume);
    if (named !== undefined) return { content: await readContent(expand(named), { isShared }) };
    const directory = parent();
    const content = await readNewest(directory, warn, { isShared });
    if (!content && resume === undefined) throw noCheckpoint(directory);
    return { content };
  } catch (error) {
    return { fault: faultOf(error, "CHECKPOINT_FAILED") };
  }
}

function noCheckpoint(folder: string): AcceleratorError {
  return new AcceleratorError(
    "CHECKPOINT_MISSING",
    `loadState: there is no checkpoint in ${folder}. Pass the folder of one; or give the Accelerator resumeFromCheckpoint: "latest" ` +
      "if the first run has none yet.",
  );
}
