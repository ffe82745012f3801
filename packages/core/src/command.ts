/** What a package needs whose commands `acc` takes over, as `@acc/core/command`: arguments, tables, printing, exit codes. */
export type { Command, CommandOption, OptionValues } from "./cli/command.ts";
export { EXIT } from "./cli/exit-codes.ts";
export { durationOption, numberOption, oneOperand } from "./cli/parse-arguments.ts";
export { requireFolder } from "./cli/require-folder.ts";
export { durationText, sizeText } from "./cli/runs-text.ts";
export { formatTable } from "./cli/table.ts";
export { printable, printJson, printLines, printWarning } from "./cli/terminal.ts";
export { pause } from "./pause.ts";
