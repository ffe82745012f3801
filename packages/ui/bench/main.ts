/**
 * What the page takes, in headless Chromium, beside its goals: `npm run bench:page`. Twenty runs of 50 000 values of one key, a
 * million in all, are read, drawn in one chart, and looked at.
 */
import { readFileSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { median } from "@acc/test-kit/bench/row";
import type { Page } from "playwright-core";
import { openLibrary } from "../src/index/library.ts";
import { eventually, launchBrowser, newPage } from "../test/browser/browser.ts";
import { logged, newFolder, runFolder, writeJournal } from "../test/index/make-journal.ts";
import { openPage, TOKEN } from "../test/server/open-page.ts";

const RUNS = 20;
const VALUES = 50_000;
const ROUNDS = 7;

/** Notes when the answers of the server have arrived, and when the page has drawn them: two frames later. */
const WATCH = `
  const ask = window.fetch;
  window.bench = { arrivedMs: 0, drawnMs: 0, points: 0 };
  window.fetch = async (...given) => {
    const answer = await ask(...given);
    const read = answer.arrayBuffer.bind(answer);
    answer.arrayBuffer = async () => {
      const bytes = await read();
      window.bench.points += 1;
      window.bench.arrivedMs = performance.now();
      requestAnimationFrame(() => requestAnimationFrame(() => (window.bench.drawnMs = performance.now())));
      return bytes;
    };
    return answer;
  };`;

type Watched = { readonly arrivedMs: number; readonly drawnMs: number; readonly points: number };

async function writeRuns(directory: string): Promise<void> {
  for (let run = 0; run < RUNS; run++) {
    const id = run.toString(16).padStart(32, "0");
    const values = Array.from({ length: VALUES }, (_, step) =>
      logged({ loss: Math.sin(step / 500 + run) + ((step * 7919) % 101) / 300 }, step, 1e6 + step),
    );
    const folder = runFolder(directory, `20260101-000000-${id.slice(-8)}`);
    await writeJournal(folder, [...values, { type: "finish", status: "success" }], { id });
  }
}

/** Opens the page of all runs anew. @returns milliseconds to the first paint, and from the data to the drawn chart. */
async function look(page: Page, port: number): Promise<{ firstMs: number; drawMs: number }> {
  await page.goto("about:blank");
  await page.goto(`http://127.0.0.1:${port}/#token=${TOKEN}`);
  await page.getByRole("article", { name: "loss", exact: true }).locator("canvas").waitFor();
  await eventually("drawn", () => page.evaluate("window.bench.drawnMs > window.bench.arrivedMs"));
  await page.waitForTimeout(500); // further answers
  const { arrivedMs, drawnMs, points } = (await page.evaluate("window.bench")) as Watched;
  if (points === 0) throw new Error("The page has asked for no points.");
  const firstMs = (await page.evaluate(
    `performance.getEntriesByName("first-contentful-paint")[0].startTime`,
  )) as number;
  return { firstMs, drawMs: drawnMs - arrivedMs };
}

function print(name: string, value: number, unit: string, goal: number): void {
  const verdict = value <= goal ? "reached" : "MISSED";
  console.log(`${name.padEnd(52)} ${value.toFixed(1).padStart(8)} ${unit}  ${verdict}: <= ${goal}`);
}

console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node.js ${process.versions.node}\n`);
const files = ["index.html", ...readFileNames()];
const pageFolder = fileURLToPath(new URL("../page/", import.meta.url));
const sizes = files.map((name) => gzipSync(readFileSync(join(pageFolder, name))).byteLength);
print("the page, gzipped", sizes.reduce((sum, size) => sum + size, 0) / 1000, "kB", 60);

const folder = newFolder();
await writeRuns(folder);
const openings: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const started = performance.now();
  const library = await openLibrary(folder);
  await library.whole();
  openings.push(performance.now() - started);
  await library.close();
}
print("a million values of 20 runs are read", median(openings), "ms", 1000);

const server = await openPage(folder);
const browser = await launchBrowser();
const { page } = await newPage(browser);
await page.addInitScript(WATCH);
const looks: { firstMs: number; drawMs: number }[] = [];
for (let round = 0; round < ROUNDS; round++) looks.push(await look(page, server.port));
const rss = process.memoryUsage().rss / 1e6;
print("first paint", median(looks.map(({ firstMs }) => firstMs)), "ms", 500);
print(
  "20 series of 50 000 points: from data to picture",
  median(looks.map((one) => one.drawMs)),
  "ms",
  100,
);
print("memory of the server", rss, "MB", 500);
await browser.close();
await server.close();
rmSync(folder, { recursive: true });

/** The script and the style that the page names. */
function readFileNames(): string[] {
  const html = readFileSync(new URL("../page/index.html", import.meta.url), "utf8");
  return [...html.matchAll(/(?:src|href)="\.?\/?([^"]+\.(?:js|css))"/g)].map(
    ([, name]) => name as string,
  );
}
