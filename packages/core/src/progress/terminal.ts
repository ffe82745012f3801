import type { ProgressState } from "../context/progress-state.ts";

const BAR_WIDTH = 24;
const REDRAW_MS = 100;
/** Without a terminal, a bar becomes a line at each of these shares. */
const LINE_STEP = 0.25;

/** A stream that text is written to. */
export type OutputStream = { write(text: string): unknown; readonly isTTY?: boolean };

/**
 * Prints whole lines and keeps progress bars below them. On a terminal bars are redrawn in place; anywhere
 * else each prints a few lines.
 */
export class Terminal {
  readonly #out: OutputStream;
  readonly #err: OutputStream;
  readonly #bars = new Map<string, ProgressState>();
  readonly #lastShare = new Map<string, number>();
  #drawnLines = 0;
  #drawnAt = 0;

  constructor(out: OutputStream = process.stdout, err: OutputStream = process.stderr) {
    this.#out = out;
    this.#err = err;
  }

  /** Prints text that ends with a line break. */
  print(stream: "stdout" | "stderr", text: string): void {
    this.#erase();
    (stream === "stdout" ? this.#out : this.#err).write(text);
    this.#draw();
  }

  /** Shows the new state of a bar. */
  progress(bar: ProgressState): void {
    if (!this.#err.isTTY) {
      this.#printShare(bar);
      return;
    }
    if (bar.done) {
      this.#bars.delete(bar.id);
      this.print("stderr", `${render(bar)}\n`);
      return;
    }
    this.#bars.set(bar.id, bar);
    const now = performance.now();
    if (now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    this.#erase();
    this.#draw();
  }

  #printShare(bar: ProgressState): void {
    const share = bar.total ? bar.current / bar.total : 0;
    const next = (this.#lastShare.get(bar.id) ?? 0) + LINE_STEP;
    if (!bar.done && share < next) return;
    if (bar.done) this.#lastShare.delete(bar.id);
    else this.#lastShare.set(bar.id, Math.floor(share / LINE_STEP) * LINE_STEP);
    if (bar.done || share < 1) this.#err.write(`${render(bar)}\n`);
  }

  #erase(): void {
    if (this.#drawnLines === 0) return;
    // Up to the first bar, then clear to the end of the screen.
    this.#err.write(`\x1b[${this.#drawnLines}A\x1b[0J`);
    this.#drawnLines = 0;
  }

  #draw(): void {
    if (!this.#err.isTTY || this.#bars.size === 0) return;
    for (const bar of this.#bars.values()) this.#err.write(`${render(bar)}\n`);
    this.#drawnLines = this.#bars.size;
  }
}

function render({ description, current, total, elapsedMs, postfix }: ProgressState): string {
  const seconds = elapsedMs / 1000;
  const rate = seconds > 0 ? `${(current / seconds).toFixed(1)}/s` : "";
  const tail = [`${seconds.toFixed(1)} s`, rate, postfix].filter((part) => part !== "").join("  ");
  if (total === undefined) return `${description}  ${current}  ${tail}`;
  const share = total === 0 ? 1 : Math.min(current / total, 1);
  const full = Math.round(share * BAR_WIDTH);
  const bar = "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
  return `${description}  ${bar}  ${String(Math.round(share * 100)).padStart(3)} %  ${current}/${total}  ${tail}`;
}
