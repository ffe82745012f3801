import type { ProgressState } from "../context/progress-state.ts";
import { asOwnOutput } from "../own-output.ts";
import { aroundWrites, type OutputStream } from "./output-stream.ts";
import { type ProgressStyle, progressStyle } from "./progress-style.ts";
import { renderBar } from "./render-bar.ts";

const REDRAW_MS = 100;
/** Time goes on in a bar whose loop is in a long step. */
const TICK_MS = 1_000;
/** Where bars are lines: how long after its last line a bar writes the next. */
const LINE_MS = 10_000;
const LINE_COLUMNS = 120;

type Bar = { state: ProgressState; readonly atMs: number };

/**
 * Prints whole lines and keeps progress bars below them. On a terminal bars are redrawn in place, below whatever the
 * process writes; anywhere else (a file, the log of a CI, a notebook) each writes a line now and then, and its last.
 */
export class Terminal {
  readonly #out: OutputStream;
  readonly #err: OutputStream;
  /** Writes without moving the bars. */
  readonly #raw: (text: string) => unknown;
  readonly #style: ProgressStyle;
  readonly #bars = new Map<string, Bar>();
  /** When each bar wrote its last line, where bars are lines. */
  readonly #linesAtMs = new Map<string, number>();
  #ticking: NodeJS.Timeout | undefined;
  #release: (() => void) | undefined;
  #drawnLines = 0;
  /** Long ago: a process may be younger than the time between two drawings. */
  #drawnAtMs = Number.NEGATIVE_INFINITY;
  /** Something was written that did not end its line: bars wait for the end of it. */
  #isInLine = false;

  constructor(
    out: OutputStream = process.stdout,
    err: OutputStream = process.stderr,
    style: ProgressStyle = progressStyle(err),
  ) {
    this.#out = out;
    this.#err = err;
    const write = err.write.bind(err) as (text: string) => unknown;
    this.#raw = (text) => asOwnOutput(() => write(text));
    this.#style = style;
  }

  /** Prints text that ends with a line break. */
  print(stream: "stdout" | "stderr", text: string): void {
    (stream === "stdout" ? this.#out : this.#err).write(text);
  }

  /** Shows the new state of a bar. */
  progress(state: ProgressState): void {
    if (this.#style === "off") return;
    if (this.#style === "lines") {
      this.#writeLine(state);
      return;
    }
    this.#hold();
    if (state.done) this.#finish(state);
    else {
      this.#bars.set(state.id, { state, atMs: performance.now() });
      if (performance.now() - this.#drawnAtMs >= REDRAW_MS) this.#redraw();
    }
  }

  /** Leaves bars as they are: nobody will move them any more. */
  close(): void {
    this.#redraw();
    this.#bars.clear();
    this.#letGo();
  }

  #finish(state: ProgressState): void {
    this.#bars.delete(state.id);
    this.#erase();
    if (state.leave) {
      this.#raw(`${this.#isInLine ? "\n" : ""}${renderBar(state, this.#columns)}\n`);
      this.#isInLine = false;
    }
    if (this.#bars.size === 0) this.#letGo();
    else this.#draw();
  }

  #writeLine(state: ProgressState): void {
    const now = performance.now();
    const lastMs = this.#linesAtMs.get(state.id) ?? now - state.elapsedMs;
    if (state.done) this.#linesAtMs.delete(state.id);
    else this.#linesAtMs.set(state.id, lastMs);
    if (state.done ? !state.leave : now - lastMs < LINE_MS) return;
    if (!state.done) this.#linesAtMs.set(state.id, now);
    asOwnOutput(() => this.#err.write(`${renderBar(state, LINE_COLUMNS)}\n`));
  }

  get #columns(): number {
    return (this.#err.columns || 80) - 1; // 0 if it is not known; a full line wraps on some terminals
  }

  /** From the first bar on: what anybody writes goes above the bars, and their time goes on. */
  #hold(): void {
    if (this.#release) return;
    this.#release = aroundWrites([this.#out, this.#err], {
      before: () => this.#erase(),
      after: (endsLine) => {
        this.#isInLine = !endsLine;
        this.#draw();
      },
    });
    this.#ticking = setInterval(() => this.#redraw(), TICK_MS);
    this.#ticking.unref();
  }

  #letGo(): void {
    clearInterval(this.#ticking);
    this.#release?.();
    this.#release = undefined;
    this.#drawnLines = 0;
  }

  #redraw(): void {
    this.#erase();
    this.#draw();
  }

  #erase(): void {
    if (this.#drawnLines === 0) return;
    // Up to the first bar, then clear to the end of the screen.
    this.#raw(`\x1b[${this.#drawnLines}A\x1b[0J`);
    this.#drawnLines = 0;
  }

  #draw(): void {
    if (this.#isInLine || this.#bars.size === 0) return;
    const now = performance.now();
    this.#drawnAtMs = now;
    const lines = [...this.#bars.values()].map(({ state, atMs }) =>
      renderBar({ ...state, elapsedMs: state.elapsedMs + now - atMs }, this.#columns),
    );
    // More lines than the screen has cannot be erased again.
    const room = Math.max((this.#err.rows || 24) - 2, 1);
    const more = lines.length - room;
    if (more > 0) lines.splice(room - 1, more + 1, `… and ${more + 1} more`);
    this.#raw(`${lines.join("\n")}\n`);
    this.#drawnLines = lines.length;
  }
}
