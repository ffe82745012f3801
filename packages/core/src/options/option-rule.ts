/**
 * The allowed values of an option. Plain data, so that the rules of a tracker can go to another thread. `"any"` is
 * for options that are checked where they are used.
 */
export type OptionRule =
  | "any"
  | "boolean"
  | "string"
  | "strings"
  | "number"
  | "function"
  | "object"
  | { readonly integerFrom: number }
  | { readonly numberFrom: number }
  | { readonly oneOf: readonly (string | number | boolean | null)[] }
  | { readonly anyOf: readonly OptionRule[] };

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
    case "number":
      return Number.isFinite(value);
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
    case "strings":
      return "a list of strings";
    case "number":
      return "a finite number";
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
  if ("integerFrom" in rule)
    return Number.isSafeInteger(value) && (value as number) >= rule.integerFrom;
  return Number.isFinite(value) && (value as number) >= rule.numberFrom;
}

function wantedByBound(rule: Bound): string {
  if ("oneOf" in rule) return rule.oneOf.map((choice) => JSON.stringify(choice)).join(" or ");
  if ("anyOf" in rule) return rule.anyOf.map(wantedBy).join(" or ");
  if ("integerFrom" in rule) return `an integer of at least ${rule.integerFrom}`;
  return `a finite number of at least ${rule.numberFrom}`;
}
