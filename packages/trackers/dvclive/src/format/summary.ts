import { isMap, isScalar, parseDocument, type YAMLMap, Scalar as YamlScalar } from "yaml";
import { pythonString } from "./python-json.ts";

/** Values as JSON text by name, in the order in which they were set first. */
export type SummaryEntries = [name: string, json: string][];

type Tree = Map<string, string | Tree>;

/** The latest value of each metric, as `metrics.json` holds them: names are split on `/` into objects. */
export class Summary {
  readonly #tree: Tree = new Map();

  constructor(entries: SummaryEntries = []) {
    for (const [name, json] of entries) this.set(name, json);
  }

  /** Reads a `metrics.json`, or returns what is wrong with it. Numbers keep their digits. */
  static parse(text: string): Summary | Error {
    // JSON is also YAML, and the YAML parser keeps the source text.
    const document = parseDocument(text, { schema: "failsafe" });
    if (document.errors[0]) return document.errors[0];
    if (!isMap(document.contents)) return new Error("it does not hold an object");
    const summary = new Summary();
    summary.#read(document.contents, "");
    return summary;
  }

  /** @returns false if the name is a group of values, or part of it is a value: JSON cannot hold both. */
  set(name: string, json: string): boolean {
    const segments = name.split("/");
    const last = segments.pop() as string;
    let tree = this.#tree;
    for (const segment of segments) {
      const inner = tree.get(segment) ?? new Map();
      if (typeof inner === "string") return false;
      tree.set(segment, inner);
      tree = inner;
    }
    if (tree.get(last) instanceof Map) return false;
    tree.set(last, json);
    return true;
  }

  /** The JSON text of a value; undefined for a group of values. */
  get(name: string): string | undefined {
    return this.entries().find(([other]) => other === name)?.[1];
  }

  entries(): SummaryEntries {
    const list = (tree: Tree, path: string): SummaryEntries =>
      [...tree].flatMap(
        ([key, item]): SummaryEntries =>
          item instanceof Map ? list(item, `${path}${key}/`) : [[path + key, item]],
      );
    return list(this.#tree, "");
  }

  toText(): string {
    const write = (tree: Tree, indent: string): string => {
      if (tree.size === 0) return "{}";
      const inner = `${indent}    `;
      const members = [...tree].map(
        ([key, item]) =>
          `${inner}${pythonString(key)}: ${item instanceof Map ? write(item, inner) : item}`,
      );
      return `{\n${members.join(",\n")}\n${indent}}`;
    };
    return `${write(this.#tree, "")}\n`;
  }

  #read(map: YAMLMap, path: string): void {
    for (const { key, value } of map.items) {
      const name = path + String(isScalar(key) ? key.value : key);
      if (isMap(value)) this.#read(value, `${name}/`);
      else if (isScalar(value)) {
        const isText = value.type === YamlScalar.QUOTE_DOUBLE;
        this.set(name, isText ? pythonString(String(value.value)) : String(value.value));
      }
    }
  }
}
