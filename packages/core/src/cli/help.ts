import type { Command } from "./command.ts";

/** What `acc --help` prints. */
export function overview(commands: readonly Pick<Command, "name" | "summary">[]): string {
  return [
    "Usage: acc COMMAND [options]",
    "",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "acc COMMAND --help describes a command; acc --version prints the version of @acc/core.",
    "",
  ].join("\n");
}

/** What `acc COMMAND --help` prints. */
export function commandHelp({ name, summary, operands, options }: Command): string {
  const rows = Object.entries(options).map(([option, { value, help }]) => [
    value === undefined ? `--${option}` : `--${option} ${value}`,
    help,
  ]);
  return [
    `Usage: acc ${name} [options] ${operands}`.trimEnd(),
    "",
    `${name} ${summary}.`,
    "",
    ...columns([...rows, ["-h, --help", "this text"]]),
    "",
  ].join("\n");
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([left = ""]) => left.length));
  return rows.map(([left = "", right = ""]) => `  ${left.padEnd(width)}  ${right}`);
}
