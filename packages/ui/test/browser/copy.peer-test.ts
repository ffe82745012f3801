import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import * as assert from "uvu/assert";
import { exportRun } from "../../src/export/export-run.ts";
import type { RunDetail } from "../../src/wire/schema.ts";
import { colouredRows, eventually, newPage } from "./browser.ts";
import { chart, drawn } from "./demo-page.ts";
import { GAP, NUM_STEPS, PEAK, SCRIPT } from "./demo-runs.ts";
import { demoSuite } from "./demo-suite.ts";

const { test, run, demo } = demoSuite("a run as one file in Chromium");

/** Opens a run as a file without a server. Nothing is asked for, and nothing goes wrong. */
async function seeCopy(project: string, act: (page: Page) => Promise<void>): Promise<void> {
  const { library } = demo().server;
  const id = (await library.runs()).runs.find((one) => one.project === project)?.id ?? "";
  const file = join(demo().folder, "..", `${project}.html`);
  const pieces = await exportRun(library, (await library.run(id)) as RunDetail, "html");
  await pipeline(pieces, createWriteStream(file));
  const { page, problems } = await newPage(demo().browser);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  try {
    const { href } = pathToFileURL(file);
    await page.goto(href);
    await page.locator(".tabs").waitFor();
    await act(page);
    const others = requests.filter((url) => url !== href && !url.startsWith("blob:"));
    assert.equal(others, []);
    assert.equal(
      problems.filter((problem) => !/^(blob:|file:)/.test(problem)),
      [],
    );
  } finally {
    await page.context().close();
  }
}

run("its curves are exact, read out, and zoomed with all their points", () =>
  seeCopy("steady", async (page) => {
    await drawn(page, "level");
    const share = (step: number): number => step / (NUM_STEPS - 1);
    const rows = (step: number): Promise<number[]> => colouredRows(page, "level", share(step));
    await eventually("a peak of one point of 20 000", async () =>
      (await rows(PEAK.step)).some((row) => row < 0.1),
    );
    const gap = await rows((GAP.from + GAP.to) / 2);
    assert.ok(Math.min(1, ...gap) > 0.92, "no line where no value is: only the crosses below");
    const slider = chart(page, "level");
    await slider.focus();
    await page.keyboard.press("End");
    await eventually("a value", async () =>
      String(await slider.getAttribute("aria-valuetext")).startsWith("step 19999: "),
    );
    assert.match(String(await page.getByRole("banner").textContent()), /a copy[\s\S]*as it was on/);
  }),
);

run("it has images, tables, texts and the configuration, and nothing that needs a server", () =>
  seeCopy("digits", async (page) => {
    await page.getByRole("link", { name: /^Images/ }).click();
    await page.getByText("ring 5", { exact: true }).waitFor();
    const picture = page.getByRole("img", { name: "samples at step 2999, image 6" });
    await picture.waitFor();
    await eventually("pixels", async () =>
      Boolean(
        await picture.evaluate(
          (image) => (image as unknown as { naturalWidth: number }).naturalWidth === 28,
        ),
      ),
    );
    await page.getByRole("link", { name: /^Histograms/ }).click();
    await page.getByRole("img", { name: /^weights at step 2999: .*500 numbers$/ }).waitFor();
    await page.getByRole("link", { name: /^Tables/ }).click();
    await page.getByRole("cell", { name: "0.99", exact: true }).waitFor();
    await page.getByRole("link", { name: /^Texts/ }).click();
    await page.getByRole("cell", { name: /^step 2999/ }).waitFor();
    await page.getByRole("link", { name: /^Config/ }).click();
    await page.getByText("learning_rate").first().waitFor();
    assert.is(await page.getByRole("link", { name: /^Files/ }).count(), 0);
    assert.is(await page.getByRole("button", { name: "name, tags, note" }).count(), 0);
  }),
);

run("what a run holds is never a part of the page", () =>
  seeCopy("hostile", async (page) => {
    await page.getByRole("link", { name: /^Tables/ }).click();
    await page.getByRole("cell", { name: SCRIPT, exact: true }).waitFor();
  }),
);

test.run();
