import { foundText } from "./found-text.ts";

/**
 * The allowed values of an option. Plain data, so that the rules of a tracker can go to another thread. Nothing is converted:
 * `"5"`, `true` and `null` are no numbers. `"any"` is for options that are checked where they are used.
 */
export type OptionRule =
  | "any"
  | "boolean"
  | "string"
  | "path"
  | "strings"
  | "number"
  | "integer"
  | "function"
  | "object"
  | ({ readonly integerFrom: number } & UpperBound)
  | ({ readonly numberFrom: number } & UpperBound)
  | ({ readonly numberAbove: number } & UpperBound)
  | { readonly oneOf: readonly (string | number | boolean | null)[] }
  | { readonly anyOf: readonly OptionRule[] };

/** Where a range of numbers ends; every range ends at the largest finite number. */
type UpperBound = { readonly to?: number; readonly below?: number };

/** A rule for each option of an options type: a new option does not compile until it has one. */
export type OptionRules<Options extends object = Record<string, unknown>> = {
  readonly [Name in keyof Options]-?: OptionRule;
};

/** Whether a value obeys a rule. */
export function obeys(value: unknown, rule: OptionRule): boolean {
  switch (rule) {
    case "any":
      return true;
    case "boolean":
    case "string":
    case "function":
      return typeof value === rule;
    case "path":
      return typeof value === "string" && value.trim() !== "";
    case "number":
      return Number.isFinite(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "strings":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return obeysBound(value, rule);
  }
}

/** The allowed values in words, to follow "must be …". */
export function wantedBy(rule: OptionRule): string {
  switch (rule) {
    case "boolean":
      return "true or false";
    case "string":
      return "a string";
    case "path":
      return "a path";
    case "strings":
      return "a list of strings";
    case "number":
      return "a finite number";
    case "integer":
      return "an integer";
    case "function":
      return "a function";
    case "object":
      return "an object";
    case "any":
      return "anything";
    default:
      return wantedByBound(rule);
  }
}

type Bound = Exclude<OptionRule, string>;

function obeysBound(value: unknown, rule: Bound): boolean {
  if ("oneOf" in rule) return rule.oneOf.some((choice) => choice === value);
  if ("anyOf" in rule) return rule.anyOf.some((part) => obeys(value, part));
  const isInRange = Number.isFinite(value) && isBelow(value as number, rule);
  if ("integerFrom" in rule)
    return isInRange && Number.isSafeInteger(value) && (value as number) >= rule.integerFrom;
  if ("numberAbove" in rule) return isInRange && (value as number) > rule.numberAbove;
  return isInRange && (value as number) >= rule.numberFrom;
}

function isBelow(value: number, { to, below }: UpperBound): boolean {
  return (to === undefined || value <= to) && (below === undefined || value < below);
}

function wantedByBound(rule: Bound): string {
  if ("oneOf" in rule) return rule.oneOf.map(foundText).join(" or ");
  if ("anyOf" in rule) return rule.anyOf.map(wantedBy).join(" or ");
  if ("integerFrom" in rule) return `an integer of at least ${rule.integerFrom}${endOf(rule)}`;
  if ("numberAbove" in rule) return `a finite number above ${rule.numberAbove}${endOf(rule)}`;
  return `a finite number of at least ${rule.numberFrom}${endOf(rule)}`;
}

function endOf({ to, below }: UpperBound): string {
  if (to !== undefined) return ` and at most ${to}`;
  return below === undefined ? "" : ` and below ${below}`;
}
