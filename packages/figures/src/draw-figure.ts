import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Drawing, FigureJson, PictureFormat } from "./drawing.ts";

export type DrawOptions = {
  /** Most time for one figure, with the start of the thread. Default: 20 seconds. */
  readonly timeoutMs?: number;
};

/** The thread is given up when it has had nothing to do for so long. */
const IDLE_MS = 20_000;
/** Megabytes of JavaScript objects; beyond them a figure cannot be drawn, and nothing else suffers. */
const MEMORY_MB = 1024;

let drawer: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
/** Figures are drawn one after the other. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Draws a figure in a thread of its own, which loads nothing from anywhere: neither files nor addresses. Never rejects for a figure
 * that cannot be drawn; a specification that computes for ever, or takes all memory, ends with a reason too.
 *
 * @param figure as JSON.
 */
export function drawFigure(
  figure: FigureJson,
  format: PictureFormat,
  { timeoutMs = 20_000 }: DrawOptions = {},
): Promise<Drawing> {
  const drawing = last.then(() => drawNow(figure, format, timeoutMs));
  last = drawing;
  return drawing;
}

function drawNow(figure: FigureJson, format: PictureFormat, timeoutMs: number): Promise<Drawing> {
  clearTimeout(idle);
  drawer ??= startDrawer();
  const worker = drawer;
  return new Promise<Drawing>((resolve) => {
    const end = (drawing: Drawing, isUsable: boolean): void => {
      clearTimeout(timer);
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      if (isUsable) rest(worker);
      else discard(worker);
      resolve(drawing);
    };
    const onMessage = (drawing: Drawing): void => end(drawing, true);
    const onError = ({ message }: Error): void =>
      end({ reason: `drawing failed: ${message}` }, false);
    const onExit = (): void => end({ reason: "the thread that draws has ended" }, false);
    const timer = setTimeout(
      () => end({ reason: `it was not drawn within ${timeoutMs / 1000} s` }, false),
      timeoutMs,
    );
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.ref();
    worker.postMessage({ figure, format });
  });
}

function startDrawer(): Worker {
  // The compiler does not change this URL: it means the source in src and the built file in dist.
  const url = new URL(`./draw-worker${extname(import.meta.url)}`, import.meta.url);
  return new Worker(url, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
}

/** A thread that waits keeps no process alive, and is given up after a while. */
function rest(worker: Worker): void {
  worker.unref();
  idle = setTimeout(() => discard(worker), IDLE_MS).unref();
}

function discard(worker: Worker): void {
  if (drawer === worker) drawer = undefined;
  worker.on("error", () => {}); // it may still say that it has no memory
  void worker.terminate();
}
