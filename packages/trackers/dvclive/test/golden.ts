import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogValue } from "@acc/core";
import type { Live } from "../src/native/live.ts";
import { Recording, temporary } from "./recording.ts";

export const vectors: string = fileURLToPath(new URL("fixtures/vectors", import.meta.url));

/** The parameters of `make.py`; whole floats are integers in JavaScript. */
const params: { readonly [name: string]: LogValue } = {
  ...{ opt: "adam", bs: 32, amp: true },
  nested: { a: 1, b: [1, 2.5, "x"], c: { d: [] } },
  listobj: [{ a: 1, b: 2 }],
  ...{ yes: "yes", time: "12:30", exp: "1e3", null_s: "null", date: "2024-01-01", hex: "0x10" },
  ...{ under: "1_000", uni: "\u635f\u5931 \u00fc", empty: "", multi: "a\nb", f: 0.1, big: 1e22 },
  ...{ int60: 2n ** 60n, colon: "a: b", hash: "a #b", true_s: "true", tilde: "~", sp: " x " },
  ...{ oct: "010", dot: ".5", quote: "it's", dquote: 'say "hi"', emptyd: {}, none: null, one: 1 },
  ...{ e5: 1e-5, e16: 1e16, e15: 1e15, inf: Number.POSITIVE_INFINITY, nan: Number.NaN },
  ...{ neg: -3, tab: "a\tb" },
};

const edge = {
  ...{ text: "text", "with space": 1e-7, "uni\u635f": true, big: 1e22, nan: Number.NaN },
  ...{ inf: Number.POSITIVE_INFINITY, ninf: Number.NEGATIVE_INFINITY, one: 1, e5: 1e-5, e4: 1e-4 },
  ...{ e15: 1e15, e16: 1e16, f32: Math.fround(0.1), quoted: 'a\tb"c\nd', minus0: -0, third: 1 / 3 },
};

function fillBasic(live: Live): void {
  live.logParam("lr", 1e-7);
  live.logParams(params);
  for (let step = 0; step < 3; step++) {
    live.logMetric("loss", 1 / (step + 1));
    live.logMetric("train/acc", (5 + step) / 10);
    live.logMetric("train/deep/x", step);
    if (step === 1) for (const [key, value] of Object.entries(edge)) live.logMetric(key, value);
    live.logMetric("noplot", step, { plot: false });
    const image = (value: number) => ({
      data: new Uint8Array(3 * 4 * 3).fill(value),
      shape: [3, 4, 3],
    });
    live.logImage("img.png", image(0));
    live.logImage(`seq/${step}.png`, image(step));
    live.nextStep();
  }
  const points = [
    { x: 1, y: 2.5 },
    { x: 2, y: 3 },
  ];
  const labels = { title: "T", xLabel: "X", yLabel: "Y" };
  live.logPlot("pts", points, { x: "x", y: "y", template: "scatter", ...labels });
  live.end();
}

/** The calls of `make.py`, by the folder that they made there. */
const calls: { readonly [name: string]: (root: string) => Promise<unknown> } = {
  basic: (root) => Recording.of(fillBasic, {}, root),
  explicit_step: (root) =>
    Recording.of(
      (live) => {
        for (const value of [1, 2]) {
          live.logMetric("a", value);
          live.nextStep();
        }
        live.step = 3;
        live.logMetric("a", 3);
        live.nextStep();
      },
      {},
      root,
    ),
  resumed: async (root) => {
    await Recording.of(
      (live) => {
        for (const value of [0, 1]) {
          live.logMetric("a", value);
          live.nextStep();
        }
      },
      {},
      root,
    );
    await Recording.of(
      (live) => {
        for (const value of [10, 11]) {
          live.logMetric("a", value);
          live.nextStep();
        }
      },
      { resume: true },
      root,
    );
  },
  no_next_step: (root) => Recording.of((live) => live.logMetric("a", 1), {}, root),
  user_dvcyaml: (root) => {
    cpSync(join(vectors, "user-dvc.yaml"), join(root, "dvc.yaml"));
    return Recording.of(
      (live) => {
        live.logParams({ x: 1 });
        live.logMetric("a", 1);
        live.nextStep();
      },
      {},
      root,
    );
  },
};

export const goldenNames: string[] = Object.keys(calls);

/** Makes one of the recorded folders with our tracker. @returns the folder. */
export async function makeGolden(name: string): Promise<string> {
  const root = temporary();
  await calls[name]?.(root);
  return root;
}

/** Content of every file below a folder but what the run keeps for itself, by path. */
export function filesOf(root: string): Map<string, string> {
  const isFile = (path: string) => !path.startsWith(".acc") && !path.endsWith("/");
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => isFile(path) && existsSync(join(root, path)));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), "latin1")]));
}
