import { posix } from "node:path";
import { AcceleratorError, type LogValue } from "@acc/core/tracker";
import {
  isMap,
  isScalar,
  isSeq,
  Pair,
  type Scalar,
  type ToStringOptions,
  YAMLMap,
  YAMLSeq,
} from "yaml";
import { parseLiterally, textNode, toYaml, yamlNode } from "./yaml-nodes.ts";

/** A file, or a folder of files, with options of the plot. Paths are relative to the folder of `dvc.yaml`. */
export type DvcEntry = {
  readonly path: string;
  readonly options?: { readonly [name: string]: LogValue };
};

/** What a run adds to `dvc.yaml`. */
export type DvcEntries = {
  readonly params: readonly DvcEntry[];
  readonly metrics: readonly DvcEntry[];
  readonly plots: readonly DvcEntry[];
  readonly artifacts: ReadonlyMap<string, { readonly [name: string]: LogValue }>;
};

export type DvcYamlOptions = {
  /** The folder of the run, relative to that of `dvc.yaml`: entries in it are ours. */
  readonly folder: string;
  /** Keep entries of earlier processes that are not listed, as a resumed run does. */
  readonly keepsOthers: boolean;
};

/**
 * The text of `dvc.yaml` with the entries of a run. Stages, comments and everything else in it stay. An entry that exists
 * for the same path stays as it is, because the user may have chosen its options.
 *
 * @param text the present file, if there is one.
 * @throws {AcceleratorError} `VALUE_INVALID` if it is not YAML of the form that DVC takes.
 */
export function updateDvcYaml(
  text: string | undefined,
  entries: DvcEntries,
  options: DvcYamlOptions,
): string {
  const document = parseLiterally(text ?? "");
  if (document.errors[0]) throw invalid(document.errors[0].message);
  if (!document.contents) document.contents = new YAMLMap() as unknown as typeof document.contents;
  const root: unknown = document.contents;
  if (!isMap(root)) throw invalid("it is not a mapping");
  let isChanged = false;
  for (const key of ["params", "metrics", "plots"] as const) {
    isChanged = updateList(root, key, entries[key], options) || isChanged;
  }
  isChanged = updateArtifacts(root, entries.artifacts) || isChanged;
  if (!isChanged) return text ?? "";
  if (text !== undefined) return toYaml(document, layoutOf(text));
  return root.items.length === 0 ? "" : toYaml(document);
}

/** @returns whether it changed anything. */
function updateList(
  root: YAMLMap,
  key: string,
  entries: readonly DvcEntry[],
  { folder, keepsOthers }: DvcYamlOptions,
): boolean {
  const found = root.get(key, true) as unknown;
  if (!isSeq(found) && entries.length === 0) return false;
  // `plots` may also be a mapping of paths; DVC reads a list of such mappings the same.
  const list = isSeq(found) ? found : new YAMLSeq();
  if (isMap(found)) list.items = found.items.map((pair) => mapOf(pair));
  const wanted = new Map(entries.map((entry) => [entry.path, entry]));
  const kept = list.items.filter((item) => {
    const path = pathOf(item);
    const entry = path === undefined ? undefined : wanted.get(path);
    if (path === undefined || !isInside(path, folder)) return true;
    if (!entry) return keepsOthers;
    if (entry.options && isScalar(item)) return false; // replaced by one with its options
    wanted.delete(entry.path);
    return true;
  });
  if (kept.length === list.items.length && wanted.size === 0) return false;
  list.items = [...kept, ...[...wanted.values()].map(entryNode)];
  if (list.items.length === 0) root.delete(key);
  else if (!isSeq(found)) root.set(textNode(key), list);
  list.flow = false; // DVCLive writes these lists as blocks, and a block cannot be inside a flow collection
  return true;
}

function updateArtifacts(root: YAMLMap, artifacts: DvcEntries["artifacts"]): boolean {
  if (artifacts.size === 0) return false;
  const found = root.get("artifacts", true) as unknown;
  const map = isMap(found) ? found : new YAMLMap();
  let isChanged = false;
  for (const [name, fields] of artifacts) {
    const node = yamlNode(fields);
    const existing = map.items.find((pair) => String(pair.key) === name);
    if (existing && String(existing.value) === String(node)) continue;
    if (existing) existing.value = node;
    else map.items.push(new Pair(textNode(name), node));
    isChanged = true;
  }
  if (!isMap(found)) root.set(textNode("artifacts"), map);
  return isChanged;
}

function entryNode({ path, options }: DvcEntry): Scalar | YAMLMap {
  if (!options) return textNode(path);
  return mapOf(new Pair(textNode(path), yamlNode(options)));
}

function mapOf(pair: Pair): YAMLMap {
  const map = new YAMLMap();
  map.items.push(pair);
  return map;
}

/** The path of an entry, which is a path alone, or one with options. */
function pathOf(item: unknown): string | undefined {
  if (isScalar(item)) return String(item.value);
  if (!isMap(item) || item.items.length !== 1) return undefined;
  const key = item.items[0]?.key;
  return isScalar(key) ? String(key.value) : undefined;
}

function isInside(path: string, folder: string): boolean {
  return posix.normalize(path).startsWith(`${folder}/`);
}

/** The layout of the file, so that an edit changes as little as possible. */
function layoutOf(text: string): ToStringOptions {
  const indented = /^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- /m.exec(
    text,
  );
  return {
    indentSeq: indented !== null && (indented[2]?.length ?? 0) > (indented[1]?.length ?? 0),
    flowCollectionPadding: /[{] \S/.test(text),
    lineWidth: 0,
  };
}

function invalid(fault: string): AcceleratorError {
  return new AcceleratorError(
    "VALUE_INVALID",
    `dvc.yaml cannot be edited: ${fault}. It stays as it is; correct it, or pass dvcyaml: false.`,
  );
}
