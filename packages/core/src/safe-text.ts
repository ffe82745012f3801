import { maskSecrets } from "./secrets.ts";

/**
 * Characters that command a terminal or reorder its text: controls, directions of writing, separators of lines. A
 * journal and a server may hold them.
 */
export const TERMINAL_COMMANDS: RegExp =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** What others say, such as a server, for a message: without keys, in one line, and without commands to a terminal. */
export function safeText(text: string): string {
  return maskSecrets(text).replace(TERMINAL_COMMANDS, " ");
}
