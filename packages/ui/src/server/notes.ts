import { Refusal } from "../wire/refusal.ts";
import type { RunNotes } from "../wire/schema.ts";

const MAX_CHARACTERS = { name: 200, note: 20_000, tag: 100 };
const MAX_TAGS = 50;

/** What a page says about a run, checked. @throws {Refusal} if it is something else. */
export function notesOf(body: { readonly [key: string]: unknown }): RunNotes {
  const { name, note, tags, color } = body;
  return {
    ...(name === undefined ? {} : { name: textOf("name", name, MAX_CHARACTERS.name) }),
    ...(note === undefined ? {} : { note: textOf("note", note, MAX_CHARACTERS.note) }),
    ...(tags === undefined ? {} : { tags: tagsOf(tags) }),
    ...(color === undefined ? {} : { color: colorOf(color) }),
  };
}

function tagsOf(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > MAX_TAGS) {
    throw new Refusal(400, `tags must be a list of at most ${MAX_TAGS} texts.`);
  }
  return value.map((tag) => textOf("a tag", tag, MAX_CHARACTERS.tag));
}

function colorOf(value: unknown): string {
  if (typeof value === "string" && /^#[\da-f]{6}$/.test(value)) return value;
  throw new Refusal(400, "color must look like #1f4fd8.");
}

function textOf(what: string, value: unknown, limit: number): string {
  if (typeof value === "string" && value.length <= limit) return value;
  throw new Refusal(400, `${what} must be a text of at most ${limit} characters.`);
}
