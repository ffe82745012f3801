import { TERMINAL_COMMANDS } from "../safe-text.ts";
import { maskSecrets } from "../secrets.ts";

/** Text that can be shown in one line of a terminal: what commands it is shown, not obeyed. */
export function printable(text: string): string {
  return text.replace(TERMINAL_COMMANDS, escaped);
}

/** Writes lines to standard output. */
export function printLines(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${printable(line)}\n`);
}

/** Writes a value as JSON for programs; a person who looks at it is safe too. */
export function printJson(value: unknown, space?: number): void {
  const text = JSON.stringify(value, undefined, space);
  const isSpace = (character: string): boolean => space !== undefined && character === "\n";
  process.stdout.write(
    `${text.replace(TERMINAL_COMMANDS, (character) => (isSpace(character) ? character : escaped(character)))}\n`,
  );
}

/** Writes one line to standard error. */
export function printWarning(message: string): void {
  process.stderr.write(`Warning: ${printable(maskSecrets(message))}\n`);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
