import { parseArgs } from "node:util";
import { AcceleratorError, messageOf } from "../errors.ts";

export type SyncArguments = {
  readonly directory: string;
  readonly list: boolean;
  readonly json: boolean;
  readonly watch: boolean;
  readonly tracker: string | undefined;
  readonly timeoutMs: number;
};

const DEFAULT_TIMEOUT_MS = 60_000;

/** Parses what follows `acc sync`. @throws {AcceleratorError} `OPTION_INVALID`. */
export function parseSyncArguments(argv: readonly string[]): SyncArguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        list: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        watch: { type: "boolean", default: false },
        tracker: { type: "string" },
        "timeout-ms": { type: "string", default: String(DEFAULT_TIMEOUT_MS) },
      },
    });
    const timeoutMs = Number(values["timeout-ms"]);
    if (!(timeoutMs > 0)) throw new Error("--timeout-ms needs a number above 0");
    if (positionals.length > 1) throw new Error("it takes one directory");
    const { list, json, watch, tracker } = values;
    return { directory: positionals[0] ?? ".", list, json, watch, tracker, timeoutMs };
  } catch (error) {
    throw new AcceleratorError("OPTION_INVALID", `acc sync: ${messageOf(error)}.`);
  }
}
