import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import * as assert from "uvu/assert";
import { exportRun } from "../../src/export/export-run.ts";
import type { RunDetail } from "../../src/wire/schema.ts";
import { TOKEN } from "../server/open-page.ts";
import { eventually, newPage } from "./browser.ts";
import { demoSuite } from "./demo-suite.ts";

const { test, run, demo } = demoSuite("audio, videos and pages in Chromium");

/** What the browser says of each thing that the hostile page tries. */
const BLOCKED = /^console: .*(Blocked|blocked|Refused|violates)/;

async function seeMedia(open: (page: Page) => Promise<void>): Promise<void> {
  const { page, problems } = await newPage(demo().browser);
  const refused: string[] = [];
  page.on("requestfailed", (request) => {
    if (request.failure()?.errorText === "csp") refused.push(request.url());
  });
  try {
    await open(page);
    await page.getByRole("link", { name: /^Media 4/ }).click();
    await plays(page);
    await runsNothing(page);
    assert.equal(
      problems.filter(
        (problem) =>
          !BLOCKED.test(problem) && !/^(blob|file):/.test(problem) && !refused.includes(problem),
      ),
      [],
    );
    assert.ok(
      problems.some((problem) => BLOCKED.test(problem)),
      "the page has tried something",
    );
  } finally {
    await page.context().close();
  }
}

async function plays(page: Page): Promise<void> {
  const seconds = () =>
    page.locator("audio").evaluate((audio) => (audio as unknown as { duration: number }).duration);
  await eventually("the audio of the last step", async () => (await seconds()) === 0.2);
  await page.getByText("<b>sine 2</b>").waitFor(); // a caption is a text
  assert.is(
    await page.getByRole("img", { name: "clip at step 2" }).getAttribute("alt"),
    "clip at step 2",
  );
  await page.getByRole("slider", { name: "step" }).press("Home");
  await eventually("the audio of the first step", async () => (await seconds()) === 0.1);
  await page.getByRole("slider", { name: "step" }).press("End");
}

async function runsNothing(page: Page): Promise<void> {
  const frame = page.frameLocator("iframe[title='report at step 2']");
  await frame.getByRole("heading", { name: "A report" }).waitFor();
  const outer = page.locator("iframe");
  assert.is(await outer.getAttribute("sandbox"), "");
  await frame.locator("#out").click();
  await frame
    .getByRole("button", { name: "send" })
    .click({ timeout: 1000 })
    .catch(() => {}); // the link has led to nothing that has a button
  const addresses = page.frames().map((one) => one.url());
  assert.not(
    addresses.some((url) => /^https?:.*evil/.test(url)),
    addresses.join(),
  );
}

run("they are played, and a page runs nothing and asks nobody", () =>
  seeMedia(async (page) => {
    await page.goto(`http://127.0.0.1:${demo().server.port}/#token=${TOKEN}`);
    const id = await demo().idOf("played");
    await page.evaluate(`location.hash = "#/run/${id}/charts"`);
  }),
);

run("the same in a run as one file", () =>
  seeMedia(async (page) => {
    const { library } = demo().server;
    const id = (await library.runs()).runs.find(({ project }) => project === "played")?.id ?? "";
    const file = join(demo().folder, "..", "played.html");
    const pieces = await exportRun(library, (await library.run(id)) as RunDetail, "html");
    await pipeline(pieces, createWriteStream(file));
    await page.goto(pathToFileURL(file).href);
  }),
);

test.run();
