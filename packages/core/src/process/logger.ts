import { noteGroupUse } from "../context/group-use.ts";
import { replicaContext } from "../context/replica-context.ts";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import type { OptionRules } from "../options/option-rule.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;

/** How important a message is, from the least to the most. */
export type LogLevel = (typeof LEVELS)[number];

export type LoggerOptions = {
  /** The least important messages that are printed; `ACC_LOG_LEVEL` by default, else `"info"`. */
  readonly level?: LogLevel;
};

export type MessageOptions = {
  /** Print it on the main process only. Default true. */
  readonly mainProcessOnly?: boolean;
};

const OPTION_RULES: OptionRules<LoggerOptions> = { level: { oneOf: LEVELS } };
const MESSAGE_RULES: OptionRules<MessageOptions> = { mainProcessOnly: "boolean" };

/** Prints messages on stderr that say which rank they come from. */
export class Logger {
  readonly name: string;
  readonly level: LogLevel;
  readonly #warned = new Set<string>();

  constructor(name: string, level: LogLevel) {
    this.name = name;
    this.level = level;
  }

  debug(message: unknown, options: MessageOptions = {}): void {
    this.#log("debug", message, options);
  }

  info(message: unknown, options: MessageOptions = {}): void {
    this.#log("info", message, options);
  }

  warn(message: unknown, options: MessageOptions = {}): void {
    this.#log("warn", message, options);
  }

  error(message: unknown, options: MessageOptions = {}): void {
    this.#log("error", message, options);
  }

  /** A warning that is printed once for each message and options. */
  warnOnce(message: unknown, options: MessageOptions = {}): void {
    const { mainProcessOnly = true } = checked(options);
    const key = `${mainProcessOnly} ${String(message)}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#log("warn", message, options);
  }

  /**
   * Prints the messages of all ranks in rank order. Collective, whatever the levels of the ranks are: each rank prints
   * what its own level lets through.
   */
  async inOrder(level: LogLevel, message: unknown): Promise<void> {
    requireLevel("inOrder", level);
    noteGroupUse();
    const { collective } = replicaContext();
    const own = this.#prints(level) ? this.#lineOf(level, message) : undefined;
    const lines = collective.allGatherObject(own, "logger.inOrder");
    if (collective.rank !== 0) return;
    for (const line of lines) if (line !== undefined) console.error(line);
  }

  #log(level: LogLevel, message: unknown, options: MessageOptions): void {
    const { mainProcessOnly = true } = checked(options);
    if (!this.#prints(level)) return;
    noteGroupUse();
    if (mainProcessOnly && replicaContext().collective.rank !== 0) return;
    console.error(this.#lineOf(level, message));
  }

  #prints(level: LogLevel): boolean {
    return LEVELS.indexOf(level) >= LEVELS.indexOf(this.level);
  }

  #lineOf(level: LogLevel, message: unknown): string {
    const { rank } = replicaContext().collective;
    return `${level.toUpperCase()}:${this.name}:[RANK ${rank}] ${String(message)}`;
  }
}

/**
 * A logger whose messages say which rank they come from, such as `INFO:train:[RANK 0] ready`.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` for a level that does not exist.
 */
export function getLogger(name: string, options: LoggerOptions = {}): Logger {
  if (typeof name !== "string") {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `getLogger needs a name, such as "train", got ${typeof name}.`,
    );
  }
  checkOptions("getLogger", options, OPTION_RULES);
  const level = options.level ?? process.env.ACC_LOG_LEVEL?.toLowerCase() ?? "info";
  return new Logger(name, requireLevel("getLogger", level));
}

function checked(options: MessageOptions): MessageOptions {
  checkOptions("logger", options, MESSAGE_RULES, {
    inOrder: "call logger.inOrder(level, message)",
  });
  return options;
}

function requireLevel(call: string, level: string): LogLevel {
  const known = LEVELS.find((candidate) => candidate === level);
  if (known) return known;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `${call}: level must be one of ${LEVELS.join(", ")}, got ${foundText(level)}.`,
  );
}
