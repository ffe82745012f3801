import { type ParseArgsConfig, parseArgs } from "node:util";
import { AcceleratorError, messageOf } from "../errors.ts";
import type { Command, OptionValues } from "./command.ts";

type ParseArgsOptions = NonNullable<ParseArgsConfig["options"]>;

export type ParsedArguments = {
  readonly isHelp: boolean;
  readonly values: OptionValues;
  readonly operands: readonly string[];
};

/**
 * Parses the arguments after the name of a command. Hyphens and underscores in option names are equivalent, as in
 * `accelerate launch`.
 *
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export function parseArguments(command: Command, argv: readonly string[]): ParsedArguments {
  const args = argv.map(withHyphens);
  const options: ParseArgsOptions = { help: { type: "boolean", short: "h" } };
  for (const [name, { type }] of Object.entries(command.options)) options[name] = { type };
  const end = command.passesArguments ? firstOperand(args, options) : args.length;
  try {
    const { values, positionals } = parseArgs({
      args: args.slice(0, end),
      options,
      allowPositionals: true,
    });
    const operands = [...positionals, ...argv.slice(end)];
    return { isHelp: values.help === true, values: values as OptionValues, operands };
  } catch (error) {
    const reason = messageOf(error).replace(/\. To specify a positional argument.*$/s, "");
    throw new AcceleratorError("OPTION_INVALID", `acc ${command.name}: ${reason}.`);
  }
}

/** @throws {AcceleratorError} `OPTION_INVALID` if the option was given and is not a number. */
export function numberOption(values: OptionValues, name: string): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const number = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN;
  if (!Number.isNaN(number)) return number;
  throw new AcceleratorError("OPTION_INVALID", `--${name} needs a number, got "${text}".`);
}

const DURATION_MS: Readonly<Record<string, number>> = {
  ...{ s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 },
};

/**
 * A duration such as `12h` or `7d`, in milliseconds.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` if the option was given and is none.
 */
export function durationOption(values: OptionValues, name: string): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(String(text)) ?? [];
  if (number !== undefined && unit !== undefined) return Number(number) * (DURATION_MS[unit] ?? 0);
  throw new AcceleratorError(
    "OPTION_INVALID",
    `--${name} needs a number with a unit: 30m, 12h, 7d or 4w; got "${text}".`,
  );
}

/**
 * The directory that a command works on; the working directory if none was given.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` if there are several.
 */
export function oneOperand(owner: string, operands: readonly string[], usual = "."): string {
  if (operands.length <= 1) return operands[0] ?? usual;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `${owner}: it takes one directory, got ${operands.length}: ${operands.join(", ")}.`,
  );
}

/**
 * For a command without operands.
 *
 * @param advice what to say behind it, such as other commands of that name.
 * @throws {AcceleratorError} `OPTION_INVALID` if there is one.
 */
export function noOperands(command: string, operands: readonly string[], advice = ""): void {
  if (operands.length === 0) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `acc ${command}: unexpected argument "${operands[0]}"; it takes none${advice}.`,
  );
}

/** `--num_processes=2` as `--num-processes=2`. */
function withHyphens(argument: string): string {
  if (!argument.startsWith("--")) return argument;
  const [name = "", ...value] = argument.split("=");
  return [name.replaceAll("_", "-"), ...value].join("=");
}

/** The index of the first argument that is neither an option nor the value of one. */
function firstOperand(args: string[], options: ParseArgsOptions): number {
  const { tokens } = parseArgs({
    ...{ args, options, strict: false, allowPositionals: true, tokens: true },
  });
  return tokens.find(({ kind }) => kind === "positional")?.index ?? args.length;
}
