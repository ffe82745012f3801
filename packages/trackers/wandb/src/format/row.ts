import type { LogValue } from "@acc/core/tracker";
import { isNested, wellFormed } from "@acc/tracker-kit";
import { jsonText, type Parsed, parseJsonText, printParsed } from "./json-text.ts";

/** JSON text of a leaf, or the row below it. */
type Node = string | Row;

/** Plain form of a row: the leaf's text, or entries. */
export type RowJson = readonly (readonly [key: string, node: string | RowJson])[];

/** One leaf of a row: its path of keys and its JSON text. */
export type Leaf = { readonly path: readonly string[]; readonly text: string };

/** Values by nested key, each leaf as JSON text, in the order they came: what W&B calls a history row or a summary. */
export class Row {
  readonly #nodes = new Map<string, Node>();

  static of(values: { readonly [key: string]: LogValue }): Row {
    const row = new Row();
    for (const [key, value] of Object.entries(values)) row.set(key, value);
    return row;
  }

  static fromJson(json: RowJson): Row {
    const row = new Row();
    for (const [key, node] of json) {
      row.#nodes.set(key, typeof node === "string" ? node : Row.fromJson(node));
    }
    return row;
  }

  /** The members of a JSON object. @throws {SyntaxError} if the text is none. */
  static parse(text: string): Row {
    return rowOf((parseJsonText(text) ?? {}) as { readonly [key: string]: Parsed });
  }

  get isEmpty(): boolean {
    return this.#nodes.size === 0;
  }

  keys(): IterableIterator<string> {
    return this.#nodes.keys();
  }

  /** Replaces what is at the key. Objects become rows of their own; W&B ignores empty objects. */
  set(key: string, value: LogValue): void {
    if (!isNested(value)) this.#nodes.set(wellFormed(key), jsonText(value));
    else if (Object.keys(value).length > 0) this.#nodes.set(wellFormed(key), Row.of(value));
  }

  setText(key: string, text: string): void {
    this.#nodes.set(key, text);
  }

  delete(key: string): void {
    this.#nodes.delete(key);
  }

  /** JSON text of the leaf at the key. */
  text(key: string): string | undefined {
    const node = this.#nodes.get(key);
    return typeof node === "string" ? node : undefined;
  }

  /** Takes over the leaves of another row; all other leaves stay. */
  merge(other: Row): void {
    for (const [key, node] of other.#nodes) {
      const own = this.#nodes.get(key);
      if (own instanceof Row && node instanceof Row) own.merge(node);
      else this.#nodes.set(key, node instanceof Row ? node.#copy() : node);
    }
  }

  /** Whether a merge would overwrite a value with a different one. */
  conflictsWith(other: Row): boolean {
    for (const [key, node] of other.#nodes) {
      const own = this.#nodes.get(key);
      if (own === undefined) continue;
      if (own instanceof Row && node instanceof Row ? own.conflictsWith(node) : own !== node) {
        return true;
      }
    }
    return false;
  }

  *leaves(prefix: readonly string[] = []): Generator<Leaf> {
    for (const [key, node] of this.#nodes) {
      const path = [...prefix, key];
      if (node instanceof Row) yield* node.leaves(path);
      else yield { path, text: node };
    }
  }

  /** The same without leaves that are null. */
  withoutNulls(): Row {
    const row = new Row();
    for (const [key, node] of this.#nodes) {
      if (node === "null") continue;
      row.#nodes.set(key, node instanceof Row ? node.withoutNulls() : node);
    }
    return row;
  }

  /** A JSON object, with bare NaN and infinities. */
  toText(): string {
    const members = [...this.#nodes].map(
      ([key, node]) => `${JSON.stringify(key)}:${node instanceof Row ? node.toText() : node}`,
    );
    return `{${members.join(",")}}`;
  }

  toJson(): RowJson {
    return [...this.#nodes].map(
      ([key, node]) => [key, node instanceof Row ? node.toJson() : node] as const,
    );
  }

  #copy(): Row {
    const row = new Row();
    row.merge(this);
    return row;
  }
}

function rowOf(object: { readonly [key: string]: Parsed }): Row {
  const row = new Row();
  for (const [key, value] of Object.entries(object)) {
    const isBranch = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isBranch) row.setText(key, printParsed(value));
    else row.merge(branch(key, rowOf(value as { readonly [key: string]: Parsed })));
  }
  return row;
}

function branch(key: string, inner: Row): Row {
  return Row.fromJson([[key, inner.toJson()]]);
}
