/** An option of a command, as its help describes it. */
export type CommandOption = {
  readonly type: "boolean" | "string";
  /** Placeholder of the value in the help, such as `N`; for `string` only. */
  readonly value?: string;
  readonly help: string;
};

/** The values of the options that were given, by name without hyphens in front. */
export type OptionValues = { readonly [name: string]: string | boolean | undefined };

/** One subcommand of `acc`. */
export interface Command {
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** The arguments after the options, such as `[DIRECTORY]`. */
  readonly operands: string;
  readonly options: { readonly [name: string]: CommandOption };
  /** Options end at the first operand: the arguments after it belong to a script. */
  readonly passesArguments?: boolean;
  /**
   * @param signal aborted by Ctrl-C and by SIGTERM.
   * @returns the exit code.
   * @throws {AcceleratorError} `OPTION_INVALID` if the arguments do not fit.
   */
  run(values: OptionValues, operands: readonly string[], signal: AbortSignal): Promise<number>;
}
