import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { codeOf } from "./file-errors.ts";

/** A hint which checkpoint is the newest; the folders are the truth. */
export const LATEST = "latest.json";
/** A file of this name in a checkpoint keeps it for ever. */
export const PIN = "keep";

/** The folder of a checkpoint with a number, as Accelerate names it. */
export function checkpointName(iteration: number): string {
  return `checkpoint_${iteration}`;
}

/** The number in the name of a folder; undefined if it has none. */
export function iterationOf(folder: string): number | undefined {
  const digits = /^checkpoint_(0|[1-9]\d{0,14})$/.exec(basename(folder))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Folders that a writer uses for a moment. A killed one leaves them. */
export const LITTER = {
  /** A checkpoint that is being written. */
  temporary: ".tmp",
  /** The previous checkpoint at a path that gets a new one. */
  previous: ".old",
  /** A checkpoint that is being removed. */
  trash: ".trash",
} as const;

type LitterKind = (typeof LITTER)[keyof typeof LITTER];

/** The name of such a folder: kind, target, and something that nobody else has. */
export function litterName(kind: LitterKind, target: string): string {
  return `${kind}-${basename(target)}-${crypto.randomUUID().slice(0, 13)}`;
}

export type Litter = {
  readonly kind: LitterKind;
  /** Name of the folder that it was for. */
  readonly target: string;
  readonly path: string;
};

/** The litter in a folder. */
export async function findLitter(folder: string): Promise<Litter[]> {
  const found = (await namesIn(folder)).map((name) => {
    const parts = /^(\.tmp|\.old|\.trash)-(.+)-[0-9a-f]{8}-[0-9a-f]{4}$/s.exec(name);
    if (!parts) return undefined;
    const [, kind, target = ""] = parts;
    return { kind: kind as LitterKind, target, path: join(folder, name) };
  });
  return found.filter((litter) => litter !== undefined);
}

/** What is in a folder; nothing if there is none. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
