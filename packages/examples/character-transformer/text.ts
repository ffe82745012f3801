import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

/** A text as numbers: every character is its place in `characters`. */
export class CharacterText {
  readonly characters: readonly string[];
  readonly codes: Int32Array;

  constructor(text: string) {
    this.characters = [...new Set(text)].sort();
    const code = new Map(this.characters.map((character, index) => [character, index]));
    this.codes = Int32Array.from(text, (character) => code.get(character) ?? 0);
  }

  decode(codes: Iterable<number>): string {
    return [...codes].map((code) => this.characters[code]).join("");
  }
}

/** The text of a file; without a path, the documentation of this repository. */
export function readText(path: string | undefined): string {
  if (path !== undefined) return readFileSync(path, "utf8");
  const folders = ["", "docs", "docs/decisions", "docs/trackers"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(REPOSITORY, folder))
      .filter((name) => name.endsWith(".md"))
      .sort()
      .map((name) => join(REPOSITORY, folder, name)),
  );
  return files.map((file) => readFileSync(file, "utf8")).join("\n");
}
