import { copyFileSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";
import { AcceleratorError, type ArtifactData } from "@acc/core";
import { CustomObject } from "./tree.ts";

const SCHEME = "file://";
const MAX_PART_LENGTH = 200;

/**
 * Files beside the repository, as Aim's client keeps them: in `<uri>/<run hash>/`, with an object for each among the
 * run's values. The server takes no files.
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
  copy({ name, path }: ArtifactData): Map<string, CustomObject> {
    const root = safeName(name);
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: "utf8" })
          .filter((file) => statSync(join(path, file)).isFile())
          .map((file) => ({ name: posix.join(root, ...file.split(sep)), path: join(path, file) }))
      : [{ name: root, path }];
    const base = `${this.uri}/${this.#hash}`;
    const folder = base.slice(SCHEME.length); // not decoded: Aim takes such a URL's path as it is
    return new Map(
      files.map((file) => {
        copyWhole(file.path, join(folder, file.name));
        const stored = { name: file.name, path: file.path, base_uri: base };
        const object = new CustomObject("aim.artifact", { ...stored, uri: `${base}/${file.name}` });
        return [file.name, object] as const;
      }),
    );
  }
}

/** A relative path that stays where it is put. */
function safeName(name: string): string {
  const parts = name
    .replaceAll("\0", "")
    .split(/[/\\]/)
    .filter((part) => part !== "" && part !== "." && part !== "..")
    .map((part) => part.slice(0, MAX_PART_LENGTH));
  return parts.join("/") || "artifact";
}

function copyWhole(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  const temporary = `${to}.${process.pid}.tmp`;
  copyFileSync(from, temporary);
  renameSync(temporary, to);
}
