import type { LogValue } from "@acc/core/tracker";
import { isNested, isoText, pythonNumber, wellFormed } from "@acc/tracker-kit";
import {
  type Document,
  type Node,
  Pair,
  parse,
  parseDocument,
  Scalar,
  type SchemaOptions,
  type ToStringOptions,
  YAMLMap,
  YAMLSeq,
} from "yaml";

/** Every scalar except null is text, so that what a user wrote (`010`, `1e-7`) is kept exactly. */
const LITERAL: SchemaOptions = { schema: "failsafe", customTags: ["null"] };

/** Parses a YAML file to be edited: comments, quotes and the spelling of numbers survive. */
export function parseLiterally(text: string): Document {
  return parseDocument(text, LITERAL) as Document;
}

/** Writes a document as DVC's own writer does. */
export function toYaml(document: Document, options: ToStringOptions = {}): string {
  return document.toString({ nullStr: "", singleQuote: true, indentSeq: false, ...options });
}

/** A value as YAML that means the same to readers of YAML 1.1 and of 1.2, except floats such as `1e-07`. */
export function yamlNode(value: LogValue): Node {
  if (value === null || value === undefined) return new Scalar(null);
  if (typeof value === "boolean") return plain(String(value));
  if (typeof value === "number" || typeof value === "bigint") return plain(yamlNumber(value));
  if (typeof value === "string") return textNode(value);
  if (value instanceof Date) return textNode(isoText(value));
  if (isNested(value)) {
    const map = new YAMLMap<Node, Node>();
    for (const [key, item] of Object.entries(value)) {
      map.items.push(new Pair(textNode(key), yamlNode(item)));
    }
    if (map.items.length === 0) map.flow = true;
    return map;
  }
  const sequence = new YAMLSeq<Node>();
  sequence.items = Array.from(value as LogValue[], yamlNode);
  if (sequence.items.length === 0) sequence.flow = true;
  return sequence;
}

/** A string that every reader reads as a string. */
export function textNode(value: string): Scalar {
  const text = wellFormed(value);
  const node = new Scalar(text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: only double quotes can hold them
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/.test(text)) {
    node.type = Scalar.QUOTE_DOUBLE;
  } else node.type = isPlainText(text) ? Scalar.PLAIN : Scalar.QUOTE_SINGLE;
  return node;
}

function plain(text: string): Scalar {
  const node = new Scalar(text);
  node.type = Scalar.PLAIN;
  return node;
}

function yamlNumber(value: number | bigint): string {
  const text = pythonNumber(value);
  return text.endsWith("nan") ? ".nan" : text.replace("inf", ".inf");
}

/** Whether a reader gets this text if it has no quotes. Readers differ in `yes`, `12:30`, `1_000`, dates and octal numbers. */
function isPlainText(text: string): boolean {
  if (text === "" || text === "=" || text === "<<" || /^[-+]?0o/.test(text)) return false;
  if (/^[yYnN]$/.test(text)) return true; // booleans in YAML 1.1, but no reader treats them so
  try {
    return (["1.1", "1.2"] as const).every(
      (version) => parse(text, { version, logLevel: "silent" }) === text,
    );
  } catch {
    return false;
  }
}
