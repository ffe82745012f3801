import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "@acc/tracker-kit";
import type { RunNotes } from "../wire/schema.ts";

/** Beside the journal, which is never changed. */
const FILE = "ui.json";
const MAX_BYTES = 262_144;
const MAX_NOTE = 20_000;
const MAX_NAME = 200;
const MAX_TAGS = 50;

/** What the user wrote about a run; nothing if there is no sound file. */
export async function readNotes(folder: string): Promise<RunNotes> {
  try {
    const path = join(folder, FILE);
    const stats = await lstat(path);
    if (!stats.isFile() || stats.size > MAX_BYTES) return {};
    return soundNotes(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return {};
  }
}

/** @throws {Error} of the file system. */
export async function writeNotes(folder: string, notes: RunNotes): Promise<void> {
  await replaceFile(join(folder, FILE), `${JSON.stringify(notes)}\n`);
}

/** The parts that have a meaning; others are left out. */
export function soundNotes(value: unknown): RunNotes {
  if (typeof value !== "object" || value === null) return {};
  const { name, tags, note, color } = value as { readonly [key: string]: unknown };
  const texts = Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  return {
    ...(typeof name === "string" && name !== "" && { name: name.slice(0, MAX_NAME) }),
    ...(texts.length > 0 && {
      tags: texts.slice(0, MAX_TAGS).map((tag: string) => tag.slice(0, MAX_NAME)),
    }),
    ...(typeof note === "string" && note !== "" && { note: note.slice(0, MAX_NOTE) }),
    ...(typeof color === "string" && /^#[0-9a-f]{6}$/i.test(color) && { color }),
  };
}
