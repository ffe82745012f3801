import { randomUUID } from "node:crypto";
import { AcceleratorError } from "../../errors.ts";
import { ownVersion } from "../../own-version.ts";
import { isPlainObject } from "../../plain-object.ts";
import { textToValue, valueToText } from "./checkpoint-value.ts";
import { damaged } from "./file-errors.ts";

export const MANIFEST = "checkpoint.json";
const FORMAT = "acc-checkpoint";
export const VERSION = 1;
/** Features that this version knows. A checkpoint that needs another one is refused. */
const FEATURES: ReadonlySet<string> = new Set(["midWindow"]);

/** What the writer knows about the training. */
export type ManifestFacts = {
  /** Features without which a reader must not use the checkpoint, such as `midWindow`. */
  readonly requires?: readonly string[];
  /** The `id` of the checkpoint that this run was resumed from. */
  readonly parent?: string | undefined;
  /** The run in the journal, and which attempt at it this is, from 0. */
  readonly run?: string | undefined;
  readonly attempt?: number;
  /** Number of the checkpoint. */
  readonly iteration: number;
  /** Completed optimizer steps. */
  readonly steps: number;
  /** Samples consumed by all ranks. */
  readonly samples: number;
  readonly epoch: number;
  readonly worldSize: number;
  /** Samples of a step on all ranks together; undefined where the loaders differ. */
  readonly globalBatch?: number | undefined;
  readonly reason: "manual" | "schedule" | "signal" | "exception";
  readonly during: "training" | "evaluation";
  readonly metrics?: Readonly<Record<string, number>>;
  /** Versions of packages, the backend, the processor: name and value. */
  readonly writtenBy?: Readonly<Record<string, string>>;
  /** Plain data that a load compares with what it finds. */
  readonly details?: unknown;
};

export type ManifestFile = {
  /** Name in the folder of the checkpoint. */
  readonly path: string;
  readonly bytes: number;
  readonly crc32: number;
};

/** What `checkpoint.json` holds. Its presence makes a folder a complete checkpoint. */
export type Manifest = Omit<ManifestFacts, "requires" | "metrics" | "writtenBy" | "attempt"> & {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly id: string;
  readonly requires: readonly string[];
  readonly attempt: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly writtenBy: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  readonly files: readonly ManifestFile[];
};

export function makeManifest(facts: ManifestFacts): Omit<Manifest, "files"> {
  return {
    ...{ format: FORMAT, version: VERSION, id: randomUUID(), createdMs: Date.now() },
    ...{ requires: [], attempt: 0, metrics: {} },
    ...facts,
    // A later version of the format says which version of the package reads it.
    writtenBy: { core: ownVersion(), ...facts.writtenBy },
  };
}

export function manifestToText(manifest: Manifest): string {
  return valueToText("the manifest", manifest);
}

/**
 * Parses a manifest. Members that this version does not know stay in it.
 *
 * @throws {AcceleratorError} `CHECKPOINT_DAMAGED`, or `CHECKPOINT_TOO_NEW` if a newer version wrote it.
 */
export function parseManifest(path: string, text: string): Manifest {
  const manifest = textToValue(path, text) as Partial<Manifest>;
  if (!isPlainObject(manifest) || manifest.format !== FORMAT || !isCount(manifest.version)) {
    throw damaged(path, `is no manifest of a checkpoint: it has no format "${FORMAT}"`);
  }
  requireKnown(path, manifest as Partial<Manifest> & { version: number });
  const faults = Object.entries(MEMBERS).filter(
    ([name, isValid]) => !isValid(manifest[name as keyof Manifest]),
  );
  if (faults.length === 0) return manifest as unknown as Manifest;
  throw damaged(path, `has no valid ${faults.map(([name]) => `"${name}"`).join(", ")}`);
}

function requireKnown(
  path: string,
  { version, requires, writtenBy }: Partial<Manifest> & { version: number },
): void {
  const needed = Array.isArray(requires) ? requires.filter((name) => !FEATURES.has(name)) : [];
  if (version <= VERSION && needed.length === 0) return;
  const core = isPlainObject(writtenBy) ? (writtenBy.core ?? "a newer version") : "a newer version";
  const found =
    version > VERSION
      ? `has version ${version}, and this version of @acc/core reads up to ${VERSION}`
      : `needs ${needed.map((name) => `"${name}"`).join(", ")}, and this version of @acc/core knows ${[...FEATURES].map((name) => `"${name}"`).join(", ")}`;
  throw new AcceleratorError(
    "CHECKPOINT_TOO_NEW",
    `${path} ${found}. It was written by @acc/core ${String(core)}: use that version, or another checkpoint.`,
  );
}

const MEMBERS: { readonly [Name in keyof Manifest]?: (value: unknown) => boolean } = {
  id: isText,
  requires: (value) => Array.isArray(value) && value.every(isText),
  iteration: isCount,
  steps: isCount,
  createdMs: (value) => Number.isFinite(value),
  metrics: (value) =>
    isPlainObject(value) && Object.values(value).every((metric) => typeof metric === "number"),
  writtenBy: (value) => isPlainObject(value) && Object.values(value).every(isText),
  files: (value) => Array.isArray(value) && value.every(isFile) && areDistinct(value),
};

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isFile(value: unknown): value is ManifestFile {
  const { path, bytes, crc32 } = (isPlainObject(value) ? value : {}) as Partial<ManifestFile>;
  return isText(path) && isFileName(path) && isCount(bytes) && isCount(crc32);
}

function areDistinct(files: readonly ManifestFile[]): boolean {
  return new Set(files.map(({ path }) => path)).size === files.length;
}

/** A name directly in the folder: a manifest must not lead out of it. */
export function isFileName(path: string): boolean {
  return /^\w[\w. -]*\.(safetensors|json)$/.test(path) && path !== MANIFEST;
}
