import type { ConsoleLine } from "@acc/core/tracker";
import { consoleText } from "@acc/tracker-kit";

/** Lines of one stream that follow each other are one entry, as ClearML's own client sends them. */
export function joinedLines(lines: readonly ConsoleLine[]): ConsoleLine[] {
  const joined: ConsoleLine[] = [];
  for (const line of lines) {
    const text = consoleText(line);
    const { timeMs, isError } = line;
    const last = joined.at(-1);
    if (last && last.isError === isError) {
      joined[joined.length - 1] = { ...last, text: `${last.text}\n${text}` };
    } else joined.push({ text, timeMs, isError });
  }
  return joined;
}
