import { AcceleratorError } from "../errors.ts";
import { foundText, kindOf } from "./found-text.ts";
import { nearestName, plainName } from "./nearest-name.ts";
import { type OptionRule, type OptionRules, obeys, wantedBy } from "./option-rule.ts";

/** Names that other libraries use, and what to use here: `{ collateFn: "use collate" }`. */
export type ForeignNames = { readonly [name: string]: string };

/**
 * Checks an options object of the public API before anything is done with it: every name must exist and every value
 * obey its rule. An option that is `undefined` counts as left out.
 *
 * @param owner the owner of the options, for messages.
 * @throws {AcceleratorError} `OPTION_INVALID` with the name that was probably meant.
 */
export function checkOptions<Options extends object>(
  owner: string,
  options: unknown,
  rules: OptionRules<Options>,
  foreignNames: ForeignNames = {},
): void {
  if (!obeys(options, "object")) {
    const example = Object.keys(rules)[0];
    throw invalid(
      `${owner}: the options must be an object such as { ${example}: … }, got ${foundText(options)}.`,
    );
  }
  // Every call of `log` runs this, so it makes no lists of pairs.
  const given = options as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    const rule = Object.hasOwn(rules, name)
      ? (rules as Record<string, OptionRule>)[name]
      : undefined;
    if (rule === undefined) throw unknownOption(owner, name, Object.keys(rules), foreignNames);
    const value = given[name];
    if (value === undefined || rule === "any" || obeys(value, rule)) continue;
    const found = MAY_BE_SECRET.has(rule) ? kindOf(value) : foundText(value);
    throw invalid(`${owner}: ${name} must be ${wantedBy(rule)}, got ${found}.`);
  }
}

/** Checks an argument that is passed by its position; unlike an option it cannot be left out. @throws {AcceleratorError} `OPTION_INVALID`. */
export function checkArgument(call: string, name: string, value: unknown, rule: OptionRule): void {
  if (obeys(value, rule)) return;
  throw invalid(`${call}: ${name} must be ${wantedBy(rule)}, got ${foundText(value)}.`);
}

/** Checks a value that is assigned to a member; unlike an option it cannot be left out. @throws {AcceleratorError} `OPTION_INVALID`. */
export function checkMember(owner: string, name: string, value: unknown, rule: OptionRule): void {
  if (obeys(value, rule)) return;
  throw invalid(`${owner}.${name} must be ${wantedBy(rule)}, got ${foundText(value)}.`);
}

/** The error for a name that is not one of `names`. */
export function unknownOption(
  owner: string,
  name: string,
  names: readonly string[],
  foreignNames: ForeignNames = {},
): AcceleratorError {
  const foreign = Object.keys(foreignNames).find((key) => plainName(key) === plainName(name));
  const nearest = nearestName(name, names);
  let advice = names.length === 0 ? "there are none" : `there are ${names.join(", ")}`;
  if (nearest !== undefined) advice = `did you mean "${nearest}"?`;
  if (foreign !== undefined && plainName(nearest ?? "") !== plainName(name)) {
    advice = foreignNames[foreign] as string;
  }
  const end = advice.endsWith("?") ? "" : ".";
  return invalid(`${owner}: there is no option "${name}"; ${advice}${end}`);
}

/** Options may hold keys, tokens and headers: a value of the wrong form must not be printed. */
const MAY_BE_SECRET: ReadonlySet<OptionRule> = new Set<OptionRule>(["string", "strings", "object"]);

function invalid(message: string): AcceleratorError {
  return new AcceleratorError("OPTION_INVALID", message);
}
