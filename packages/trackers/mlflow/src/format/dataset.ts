import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { AcceleratorError, type LogValue, withoutUrlSecrets } from "@acc/core/tracker";
import { toJson } from "@acc/tracker-kit";
import { storableText } from "./storable-text.ts";

/** Data that a run was given, in the words of the call `logInput`. */
export type DatasetSource = {
  readonly name: string;
  /** Where it comes from: an address, or a path on this machine. User name, password and keys of an address are left out. */
  readonly source?: string;
  /** Tells versions of it apart; at most 36 characters. Default: a hash of the other members. */
  readonly digest?: string;
  /** Its columns, such as `{ mlflow_colspec: [{ name: "x", type: "double", required: true }] }`. */
  readonly schema?: { readonly [key: string]: LogValue };
  /** What is known of it, such as `{ num_rows: 60000 }`. */
  readonly profile?: { readonly [key: string]: LogValue };
};

/** A dataset as the server holds it. */
export type Dataset = {
  readonly name: string;
  readonly digest: string;
  readonly source_type: string;
  readonly source: string;
  readonly schema?: string;
  readonly profile?: string;
};

/** Options of `logInput`. */
export type InputOptions = {
  /** What the data are for, such as `"training"`. */
  readonly context?: string;
  readonly tags?: Readonly<Record<string, LogValue>>;
};

/** In characters, at the server. */
const LIMITS = { name: 500, digest: 36, source: 65_535, schema: 1_048_575, profile: 16_777_215 };
const DIGEST_LENGTH = 8;
const MAX_TAG_KEY = 255;
const MAX_TAG_VALUE = 500;

/**
 * @throws {AcceleratorError} `VALUE_INVALID` for a dataset without a name, of the wrong kinds, or with a text that is longer than the
 *   server takes.
 */
export function datasetOf(given: DatasetSource): Dataset {
  const { name, source = "", schema, profile } = given ?? {};
  if (typeof name !== "string" || name === "") throw invalid("its name must be a text", name);
  if (typeof source !== "string") throw invalid("its source must be an address or path", source);
  const described = {
    name: storableText(name),
    ...sourceOf(source),
    ...(schema === undefined ? {} : { schema: jsonOf("schema", schema) }),
    ...(profile === undefined ? {} : { profile: jsonOf("profile", profile) }),
  };
  const hash = createHash("md5").update(JSON.stringify(described)).digest("hex");
  const { digest = hash.slice(0, DIGEST_LENGTH) } = given;
  if (typeof digest !== "string" || digest === "")
    throw invalid("its digest must be a text", digest);
  const dataset = { ...described, digest: storableText(digest) };
  for (const [member, limit] of Object.entries(LIMITS)) {
    const length = [...(dataset[member as keyof Dataset] ?? "")].length;
    if (length <= limit) continue;
    throw invalid(`MLflow takes ${limit} characters as its ${member}`, `${length} characters`);
  }
  return dataset;
}

/** Tags of a dataset in a run; a text that is too long is cut. */
export function inputTags(options: InputOptions): { key: string; value: string }[] {
  const { context, tags = {} } = requireObject("options", options);
  requireObject("tags", tags);
  const all = { ...tags, ...(context === undefined ? {} : { "mlflow.data.context": context }) };
  return Object.entries(all).map(([key, value]) => ({
    key: storableText(key, MAX_TAG_KEY),
    value: storableText(String(value), MAX_TAG_VALUE),
  }));
}

/** The kinds of sources that MLflow's client can read again: an address, or a path where it was read. */
function sourceOf(source: string): Pick<Dataset, "source_type" | "source"> {
  if (source === "") return { source_type: "code", source: JSON.stringify({ tags: {} }) };
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(source)?.[1]?.toLowerCase();
  const place = storableText(withoutUrlSecrets(source));
  if (scheme === "http" || scheme === "https") {
    return { source_type: "http", source: JSON.stringify({ url: place }) };
  }
  const uri = scheme === undefined ? resolve(place) : place;
  const isLocal = scheme === undefined || scheme === "file";
  return { source_type: isLocal ? "local" : scheme, source: JSON.stringify({ uri }) };
}

function jsonOf(member: string, value: object): string {
  return storableText(JSON.stringify(toJson(requireObject(member, value) as LogValue)));
}

function requireObject<T>(member: string, value: T): T {
  if (typeof value === "object" && value !== null) return value;
  throw invalid(`its ${member} must be an object`, value);
}

function invalid(fault: string, found: unknown): AcceleratorError {
  return new AcceleratorError(
    "VALUE_INVALID",
    `A dataset for MLflow: ${fault}, got ${String(found)}.`,
  );
}
