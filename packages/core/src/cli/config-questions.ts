import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import type { LaunchConfig } from "../config/launch-config.ts";
import { AcceleratorError } from "../errors.ts";

/** A question about one setting. */
type Question = {
  readonly setting: keyof LaunchConfig;
  readonly text: string;
  /** The answer of who only presses Enter. */
  readonly usual: string;
  /** The value of an answer; undefined for one that does not fit. */
  readonly read: (answer: string) => number | boolean | undefined;
  /** What an answer must be, to follow "Please answer with". */
  readonly wanted: string;
};

const LARGEST = Number.MAX_SAFE_INTEGER;

function questions(): Question[] {
  return [
    integer("numProcesses", "How many replicas shall run?", availableParallelism(), 1, 256),
    integer("timeoutMs", "How many ms may a replica wait for the others?", 1_800_000, 1, LARGEST),
    integer("maxRestarts", "How often shall a failed run start again?", 0, 0, LARGEST),
    integer(
      "watchdogMs",
      "After how many ms without progress shall a run end (0: never)?",
      ...([0, 0, LARGEST] as const),
    ),
    {
      setting: "debug",
      text: "Shall errors name the lines of the script where replicas met (slower)?",
      usual: "no",
      read: (answer) => ({ y: true, yes: true, n: false, no: false })[answer.toLowerCase()],
      wanted: "yes or no",
    },
  ];
}

function integer(
  setting: keyof LaunchConfig,
  text: string,
  usual: number,
  from: number,
  to: number,
): Question {
  const end = to === LARGEST ? "" : ` to ${to}`;
  const isAllowed = (value: number): boolean =>
    Number.isSafeInteger(value) && value >= from && value <= to;
  return {
    ...{ setting, text, usual: String(usual) },
    read: (answer) => (isAllowed(Number(answer)) ? Number(answer) : undefined),
    wanted: `an integer from ${from}${end}`,
  };
}

/**
 * Asks on standard output and reads the answers from standard input, a line each. An answer that does not fit is asked for
 * again.
 *
 * @param signal ends the questions.
 * @returns the number of replicas, and the settings whose answer is not the usual one.
 * @throws {AcceleratorError} `CONFIG_INVALID` if the input ends before the last answer; `INTERRUPTED`.
 */
export async function askForConfig(signal: AbortSignal): Promise<LaunchConfig> {
  const lines = createInterface({ input: process.stdin });
  const end = (): void => lines.close();
  signal.addEventListener("abort", end, { once: true });
  try {
    const answers = lines[Symbol.asyncIterator]();
    const config: Record<string, unknown> = {};
    for (const question of questions()) {
      const { value, isUsual } = await ask(question, answers, signal);
      if (!isUsual || question.setting === "numProcesses") config[question.setting] = value;
    }
    return config as LaunchConfig;
  } finally {
    signal.removeEventListener("abort", end);
    lines.close();
  }
}

async function ask(
  question: Question,
  answers: AsyncIterator<string>,
  signal: AbortSignal,
): Promise<{ value: number | boolean; isUsual: boolean }> {
  for (;;) {
    process.stdout.write(`${question.text} [${question.usual}] `);
    const { value: line, done } = await answers.next();
    if (signal.aborted) {
      throw new AcceleratorError("INTERRUPTED", "acc config: interrupted; nothing was written.");
    }
    if (done) {
      throw new AcceleratorError(
        "CONFIG_INVALID",
        "acc config: the input ended before the last answer; nothing was written. acc config default writes a file without questions.",
      );
    }
    const answer = line.trim() === "" ? question.usual : line.trim();
    const value = question.read(answer);
    if (value !== undefined) return { value, isUsual: value === question.read(question.usual) };
    process.stdout.write(`Please answer with ${question.wanted}.\n`);
  }
}
