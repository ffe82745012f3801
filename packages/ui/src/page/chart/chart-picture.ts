/** A chart as a PNG: its title, its curves, and whose they are. */
import type { ChartRun } from "./question.ts";

const MARGIN = 16;
const LINE = 20;
const FONT = "13px system-ui, sans-serif";

export async function chartPicture(
  canvas: HTMLCanvasElement,
  title: string,
  runs: readonly ChartRun[],
): Promise<Blob | null> {
  const styles = getComputedStyle(document.documentElement);
  const color = (name: string): string => styles.getPropertyValue(name).trim();
  const ratio = devicePixelRatio;
  const width = canvas.width / ratio;
  const picture = document.createElement("canvas");
  const context = picture.getContext("2d") as CanvasRenderingContext2D;
  context.font = FONT;
  const rows = legendRows(context, runs, width);
  const height = canvas.height / ratio + LINE * (rows.length + 1);
  picture.width = (width + 2 * MARGIN) * ratio;
  picture.height = (height + 2 * MARGIN) * ratio;
  context.scale(ratio, ratio);
  context.fillStyle = color("--ground");
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = color("--text");
  context.font = `600 ${FONT}`;
  context.fillText(title, MARGIN, MARGIN + LINE / 2);
  context.drawImage(canvas, MARGIN, MARGIN + LINE, width, canvas.height / ratio);
  context.font = FONT;
  for (const [row, entries] of rows.entries()) {
    const y = MARGIN + LINE * (row + 2) + canvas.height / ratio - LINE / 4;
    for (const { run, x } of entries) {
      const [, variable] = /^var\((.+)\)$/.exec(run.style.color) ?? [];
      context.fillStyle = variable ? color(variable) : run.style.color;
      context.fillRect(MARGIN + x, y - 6, 14, 4);
      context.fillStyle = color("--text");
      context.fillText(run.name, MARGIN + x + 20, y);
    }
  }
  return await new Promise((resolve) => picture.toBlob(resolve, "image/png"));
}

type Entry = { readonly run: ChartRun; readonly x: number };

function legendRows(
  context: CanvasRenderingContext2D,
  runs: readonly ChartRun[],
  width: number,
): Entry[][] {
  const rows: Entry[][] = [[]];
  let x = 0;
  for (const run of runs) {
    const size = context.measureText(run.name).width + 40;
    if (x > 0 && x + size > width) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)?.push({ run, x });
    x += size;
  }
  return rows;
}
