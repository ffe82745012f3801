const ESCAPE = String.fromCharCode(27);
const CURSOR_UP_AND_CLEAR = new RegExp(`^${ESCAPE}\\[(\\d+)A${ESCAPE}\\[0J`);

/** A stream that shows what a person would see: understands what the terminal sends to move and clear. */
export class Screen {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  lines: string[] = [""];

  constructor(isTTY: boolean, columns = 100, rows = 24) {
    this.isTTY = isTTY;
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string | Uint8Array): boolean {
    const written = typeof text === "string" ? text : new TextDecoder().decode(text);
    const up = CURSOR_UP_AND_CLEAR.exec(written);
    const rest = up ? written.slice(up[0].length) : written;
    if (up) this.lines.splice(-1 - Number(up[1]), Number(up[1]));
    const [first = "", ...others] = rest.split("\n");
    this.lines[this.lines.length - 1] += first;
    this.lines.push(...others);
    return true;
  }
}
