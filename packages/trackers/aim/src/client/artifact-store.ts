import { join, posix } from "node:path";
import { AcceleratorError, type ArtifactData } from "@acc/core/tracker";
import { filesBelow, replaceFileByCopy, whenWritable } from "@acc/tracker-kit";
import { CustomObject } from "../format/tree.ts";

const SCHEME = "file://";
const MAX_PART_LENGTH = 200;

/**
 * Files beside the repository, as Aim's client keeps them: in `<uri>/<run hash>/`, with an object for each among the
 * run's values. The server accepts no files.
 */
export class ArtifactStore {
  readonly uri: string;
  readonly #hash: string;

  /** @param uri a `file:` URL. @throws {AcceleratorError} `OPTION_INVALID` if it is none. */
  constructor(uri: string, hash: string) {
    if (!uri.startsWith(`${SCHEME}/`)) {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `artifactsUri must be a file: URL, such as file:///data/artifacts, got ${uri}.`,
      );
    }
    this.uri = uri.replace(/\/+$/, "");
    this.#hash = hash;
  }

  /** Copies a file, or every file of a folder. @returns what Aim stores about each, by name. */
  async copy({ name, path, source = path }: ArtifactData): Promise<Map<string, CustomObject>> {
    const base = `${this.uri}/${this.#hash}`;
    const folder = base.slice(SCHEME.length); // not decoded: Aim takes such a URL's path as it is
    const objects = new Map<string, CustomObject>();
    for (const file of await filesBelow(path)) {
      const stored = posix.join(safeName(name), file.name);
      const target = join(folder, stored);
      await whenWritable("Aim's artifacts", () => replaceFileByCopy(target, file.path));
      const object = { name: stored, path: join(source, file.name), base_uri: base };
      objects.set(
        stored,
        new CustomObject("aim.artifact", { ...object, uri: `${base}/${stored}` }),
      );
    }
    return objects;
  }
}

/** A relative path that stays in its folder. */
function safeName(name: string): string {
  const parts = name
    .replaceAll("\0", "")
    .split(/[/\\]/)
    .filter((part) => part !== "" && part !== "." && part !== "..")
    .map((part) => part.slice(0, MAX_PART_LENGTH));
  return parts.join("/") || "artifact";
}
