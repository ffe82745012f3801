/** What a package needs whose commands `acc` takes over, as `@acc/core/command`: arguments, tables, printing, exit codes, errors. */
export type { Command, CommandOption, OptionValues } from "./cli/command.ts";
export { EXIT } from "./cli/exit-codes.ts";
export { durationOption, numberOption, oneOperand } from "./cli/parse-arguments.ts";
export { requireFolder } from "./cli/require-folder.ts";
export { durationText, sizeText } from "./cli/runs-text.ts";
export { formatTable } from "./cli/table.ts";
export { printable, printJson, printLines, printWarning } from "./cli/terminal.ts";
export { messageOf } from "./errors.ts";
export { exitCodeOfSignal } from "./exit-code-of-signal.ts";
export { pause } from "./pause.ts";
