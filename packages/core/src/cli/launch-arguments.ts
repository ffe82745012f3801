import { AcceleratorError } from "../errors.ts";
import type { LaunchOptions } from "../host/launch-options.ts";

export type ParsedLaunch = { readonly script: string; readonly options: LaunchOptions };

/**
 * Parses what follows `acc launch`. Everything after the script belongs to the script. Hyphens and
 * underscores are equivalent, as in `accelerate launch`.
 *
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export function parseLaunchArguments(argv: readonly string[]): ParsedLaunch {
  const options: { numProcesses?: number; timeoutMs?: number } = {};
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] as string;
    if (!argument.startsWith("-")) {
      return { script: argument, options: { ...options, args: argv.slice(i + 1) } };
    }
    const [flag = "", inline] = argument.split(/=(.*)/s, 2);
    switch (flag.replaceAll("_", "-")) {
      case "--num-processes":
        options.numProcesses = numberOf(flag, inline ?? argv[++i]);
        break;
      case "--timeout-ms":
        options.timeoutMs = numberOf(flag, inline ?? argv[++i]);
        break;
      default:
        throw new AcceleratorError(
          "OPTION_INVALID",
          `Unknown option ${flag}; see acc launch --help.`,
        );
    }
  }
  throw new AcceleratorError(
    "OPTION_INVALID",
    "Which script? Usage: acc launch [options] SCRIPT [arguments].",
  );
}

function numberOf(flag: string, text: string | undefined): number {
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isNaN(value)) return value;
  throw new AcceleratorError("OPTION_INVALID", `${flag} needs a number, got ${text ?? "nothing"}.`);
}
