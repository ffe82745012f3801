import type { JsonValue, RunSummary } from "../../wire/schema.ts";
import { runName, valueText } from "./format.ts";

type Test = (run: RunSummary) => boolean;

export type Filter = {
  readonly matches: Test;
  /** What is wrong with the text, as a sentence. */
  readonly problem?: string;
};

/** In quotes with spaces, between slashes with spaces, or one word. */
const TERM = /-?(?:\/(?:\\.|[^/\\])+\/|"[^"]*"|\S+)/g;
const COMPARISON = /^([^<>=!]+?)(<=|>=|!=|<|>|=)(.+)$/;

/**
 * Which runs the text of the filter names. All its terms must fit: `word`, `/regular expression/`, `status:failed`, `has:key`,
 * `tag:name`, `lr>0.01` (a value of the configuration, else the last value of a key); a `-` in front turns a term round.
 */
export function parseFilter(text: string): Filter {
  const tests: Test[] = [];
  for (const [term] of text.matchAll(TERM)) {
    const isNot = term.startsWith("-") && term.length > 1;
    const test = termTest(isNot ? term.slice(1) : term);
    if (typeof test === "string") return { matches: () => true, problem: test };
    tests.push(isNot ? (run) => !test(run) : test);
  }
  return { matches: (run) => tests.every((test) => test(run)) };
}

/** @returns what is wrong, if something is. */
function termTest(term: string): Test | string {
  if (term.length > 2 && term.startsWith("/") && term.endsWith("/")) {
    try {
      const pattern = new RegExp(term.slice(1, -1), "i");
      return (run) => pattern.test(textOf(run));
    } catch {
      return `${term} is no regular expression.`;
    }
  }
  const [, prefix, rest = ""] = /^(status|has|tag):(.*)$/.exec(term) ?? [];
  if (prefix === "status") return (run) => run.status.startsWith(rest);
  if (prefix === "has") return (run) => Object.keys(run.keys).some((key) => key.includes(rest));
  if (prefix === "tag") return (run) => run.tags.includes(rest);
  const [, name, operator, value] = COMPARISON.exec(term) ?? [];
  if (name !== undefined && operator !== undefined && value !== undefined) {
    return (run) => compare(valueNamed(run, name), operator, value);
  }
  const word = term.replaceAll('"', "").toLowerCase();
  return (run) => textOf(run).toLowerCase().includes(word);
}

/** Of the configuration by its name, else the last value of a key. The end of a name is enough: `loss` finds `train/loss`. */
function valueNamed(run: RunSummary, name: string): JsonValue | undefined {
  if (name in run.config) return run.config[name];
  const isEnd = (key: string): boolean =>
    key === name || /[./]/.test(key.at(-name.length - 1) ?? "");
  const ending = (keys: readonly string[]): string | undefined =>
    keys.find((key) => key.endsWith(name) && isEnd(key));
  const entry = ending(Object.keys(run.config));
  if (entry !== undefined) return run.config[entry];
  const key = ending(Object.keys(run.keys));
  return key === undefined ? undefined : run.keys[key]?.last;
}

function compare(found: JsonValue | undefined, operator: string, wanted: string): boolean {
  if (found === undefined) return operator === "!=";
  const [left, right] = [Number(found), Number(wanted)];
  const areNumbers = !Number.isNaN(left) && !Number.isNaN(right) && typeof found !== "boolean";
  const isEqual = areNumbers ? left === right : valueText(found) === wanted;
  switch (operator) {
    case "=":
      return isEqual;
    case "!=":
      return !isEqual;
    case "<":
      return areNumbers && left < right;
    case ">":
      return areNumbers && left > right;
    case "<=":
      return areNumbers && left <= right;
    default:
      return areNumbers && left >= right;
  }
}

function textOf(run: RunSummary): string {
  const config = Object.entries(run.config).map(([key, value]) => `${key}=${valueText(value)}`);
  const words = [runName(run), run.id, run.project, run.script ?? "", run.folder, run.note];
  return [...words, ...run.tags, ...config].join(" ");
}
