import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Accelerator, audio, type FigureSource, html, video } from "@acc/core";
import { recordRun } from "../record-run.ts";

/** Where `steady` has a peak of one point, and no value at all. */
export const PEAK = { step: 12_345, value: 10 };
export const GAP = { from: 5_000, to: 6_000 };
export const NUM_STEPS = 20_000;

/** Runs with known pixels, runs as people have them, and one of somebody who means harm. */
export async function recordDemo(folder: string): Promise<void> {
  const hostile = { project: "hostile", config: { [SCRIPT]: SCRIPT }, intervalSeconds: 0.1 };
  await recordRun(folder, hostile, async (accelerator) => {
    process.stdout.write(`${SCRIPT}\n`);
    await pause(500);
    accelerator.log({ [`${SCRIPT}/loss`]: 1, [SCRIPT]: SCRIPT }, { step: 0 });
    accelerator.logTable({ [SCRIPT]: { columns: [SCRIPT], rows: [[SCRIPT]] } }, { step: 0 });
    const picture = join(folder, "picture.svg");
    writeFileSync(picture, `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`);
    accelerator.logArtifact(picture);
  });
  for (const [index, learningRate] of [0.004, 0.03, 0.012].entries()) {
    const config = {
      ...{ learning_rate: learningRate, batch_size: 32 * (index + 1) },
      ...{ optimizer: index === 1 ? "sgd" : "adam", layers: 4 },
    };
    await recordRun(folder, { config }, (accelerator) => digits(accelerator, index, learningRate));
  }
  await recordRun(folder, { project: "played" }, logPlayed);
  await recordRun(folder, { project: "figures" }, logFigures);
  await recordRun(folder, { project: "steady" }, async (accelerator) => {
    for (let step = 0; step < NUM_STEPS; step++) {
      const isGap = step >= GAP.from && step < GAP.to;
      const value = step === PEAK.step ? PEAK.value : isGap ? Number.NaN : 1;
      accelerator.log({ level: value }, { step });
      if (step % 2000 === 0) await accelerator.flush();
    }
    accelerator.log({ once: 3 }, { step: 0 });
  });
}

export const SCRIPT = `<img src="x" onerror="alert(1)"><script>alert(1)</script>`;

const GIF = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

/** A page of somebody who means harm. */
const HOSTILE_PAGE = `<h1>A report</h1>${SCRIPT}<img src="http://evil.example/pixel">
<meta http-equiv="refresh" content="0;url=http://evil.example/"><iframe src="http://evil.example/frame"></iframe>
<a id="out" href="http://evil.example/link">out</a><form action="http://evil.example/"><button>send</button></form>`;

/** Two steps of audio; a video and a hostile page at the second. */
function logPlayed(accelerator: Accelerator): void {
  for (const step of [1, 2]) {
    const samples = Float32Array.from({ length: 800 * step }, (_, at) => Math.sin(at / 10));
    accelerator.logMedia(
      { tone: audio({ samples, sampleRate: 8000 }, { caption: `<b>sine ${step}</b>` }) },
      { step },
    );
  }
  const clip = video({ bytes: GIF, format: "gif" });
  accelerator.logMedia({ clip, report: html(HOSTILE_PAGE) }, { step: 2 });
}

/** Two steps of one that is drawn, and one of a type that is not. */
function logFigures(accelerator: Accelerator): void {
  for (const step of [1, 2]) {
    const confusion: FigureSource = {
      data: [
        {
          type: "heatmap",
          z: [
            [9 * step, 1],
            [2, 8],
          ],
        },
      ],
      layout: { title: `Confusion ${step}` },
    };
    accelerator.logFigure({ confusion }, { step });
  }
  accelerator.logFigure({ share: { data: [{ type: "pie", values: [1, 2] }] } }, { step: 2 });
}

/** Curves as a training has them; the same in every recording. */
function digits(accelerator: Accelerator, index: number, learningRate: number): void {
  const noise = randomNumbers(index + 1);
  const steps = 3000;
  for (let step = 0; step < steps; step++) {
    const done = step / steps;
    const loss = 2.2 * Math.exp(-done * (5 + index)) + 0.12 + 0.03 * index;
    accelerator.log(
      {
        "train/loss": loss * (1 + 0.25 * noise()),
        "train/grad_norm": 0.4 + 0.8 * Math.exp(-4 * done) * (1 + 0.6 * noise()),
        "train/learning_rate": learningRate * (1 - 0.9 * done),
      },
      { step },
    );
    if (step % 250 !== 249) continue;
    const accuracy = 0.99 - 0.01 * index - 0.6 * Math.exp(-6 * done);
    accelerator.log({ "test/accuracy": accuracy, "test/loss": loss + 0.02 }, { step });
    if (step % 1000 === 999) logMedia(accelerator, step, done);
  }
}

function logMedia(accelerator: Accelerator, step: number, done: number): void {
  const count = 6;
  const data = Float32Array.from({ length: count * 28 * 28 }, (_, index) => {
    const [x, y] = [(index % 28) - 13.5, (Math.floor(index / 28) % 28) - 13.5];
    const radius = 5 + Math.floor(index / 784);
    const ring = Math.exp(-((Math.hypot(x, y) - radius) ** 2) / 3);
    return Math.min(1, ring + (1 - done) * Math.abs(Math.sin(index * 12.9898)) * 0.6);
  });
  const caption = Array.from({ length: count }, (_, at) => `ring ${at}`);
  accelerator.logImages({ samples: { data, shape: [count, 28, 28, 1], caption } }, { step });
  const rows = Array.from({ length: 10 }, (_, digit) => [digit, 90 + digit, 0.9 + digit / 100]);
  accelerator.logTable({ "per digit": { columns: ["digit", "right", "share"], rows } }, { step });
  const weights = Float32Array.from(
    { length: 500 },
    (_, index) => Math.tan(index / 500 - 0.5) * done,
  );
  accelerator.log({ weights }, { step });
  accelerator.log({ note: `step ${step}: ${Math.round(done * 100)} % done` }, { step });
}

/** Numbers from −0.5 to 0.5. */
function randomNumbers(seed: number): () => number {
  let state = seed * 7919;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647 - 0.5;
  };
}
