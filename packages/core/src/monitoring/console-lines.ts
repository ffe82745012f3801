import { stripVTControlCharacters } from "node:util";
import { isAnnouncement } from "../announcement.ts";
import { maskSecrets } from "../secrets.ts";
import type { ConsoleLine } from "../tracker-contract/monitoring.ts";
import type { Written } from "./console-feed.ts";

/** The rest of a longer line is left out. */
const MOST_CHARACTERS = 4096;
/** So much is recorded at once, and so much per second in the long run: a script that prints without end must not fill the disk. */
const BURST_CHARACTERS = 4 * 1024 * 1024;
const CHARACTERS_PER_MS = 4;
/** What a line takes in the journal beside its text. */
const LINE_COST = 50;

type Rest = { readonly written: Written; text: string };

/** What is written, as lines that can be recorded. */
export class ConsoleLines {
  readonly #rests = new Map<string, Rest>();
  #lines: ConsoleLine[] = [];
  #room = BURST_CHARACTERS;
  #atMs = 0;
  #leftOut = 0;

  add(written: Written, timeMs: number): void {
    const { stream, rank, text } = written;
    const key = `${stream} ${rank}`;
    const parts = ((this.#rests.get(key)?.text ?? "") + text).split("\n");
    const rest = parts.pop() as string;
    for (const part of parts) this.#addLine(part, written, timeMs);
    if (rest === "") this.#rests.delete(key);
    // A bar that moves in one line writes it again and again: only the last counts.
    else this.#rests.set(key, { written, text: shown(rest).slice(0, MOST_CHARACTERS) });
  }

  /** The lines since the last call. */
  take(): ConsoleLine[] {
    const lines = this.#lines;
    this.#lines = [];
    const texts = masked(lines.map(({ text }) => text));
    return lines.map((line, index) => ({ ...line, text: texts[index] as string }));
  }

  /** Ends the lines that are not finished. */
  end(timeMs: number): void {
    const rests = [...this.#rests.values()];
    this.#rests.clear();
    for (const { text, written } of rests) this.#addLine(text, written, timeMs);
    this.#report(timeMs);
  }

  #addLine(raw: string, { stream, rank }: Written, timeMs: number): void {
    const whole = stripVTControlCharacters(shown(raw.endsWith("\r") ? raw.slice(0, -1) : raw));
    if (isAnnouncement(whole)) return;
    const text = whole.length > MOST_CHARACTERS ? `${whole.slice(0, MOST_CHARACTERS - 1)}…` : whole;
    const room = this.#room + Math.max(0, timeMs - this.#atMs) * CHARACTERS_PER_MS;
    this.#room = Math.min(BURST_CHARACTERS, room);
    this.#atMs = timeMs;
    const cost = text.length + LINE_COST;
    if (cost > this.#room) {
      this.#leftOut += 1;
      return;
    }
    this.#room -= cost;
    this.#report(timeMs);
    const isError = stream === "stderr";
    this.#lines.push({ text, timeMs, isError, ...(rank !== undefined && { rank }) });
  }

  #report(timeMs: number): void {
    if (this.#leftOut === 0) return;
    const text = `… ${this.#leftOut} lines are not recorded: the script printed faster than ${CHARACTERS_PER_MS} kB a second`;
    this.#leftOut = 0;
    this.#lines.push({ text, timeMs, isError: true });
  }
}

/** What a terminal shows of a line that goes back to its beginning. */
function shown(text: string): string {
  return text.slice(text.lastIndexOf("\r") + 1);
}

/** All at once, as a look at the environment takes long. */
function masked(texts: readonly string[]): string[] {
  const together = maskSecrets(texts.join("\n")).split("\n");
  // A key of several lines was among them.
  return together.length === texts.length ? together : texts.map(maskSecrets);
}
