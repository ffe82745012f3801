import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { TABS } from "../../src/page/model/address.ts";
import { eventually, type Look } from "./browser.ts";
import { chart, drawn } from "./demo-page.ts";
import { SCRIPT } from "./demo-runs.ts";
import { demoSuite } from "./demo-suite.ts";

/** Where pictures of the page for the documentation go, if they are wanted. */
const PICTURES = process.env.ACC_UI_PICTURES;
const { test, run, demo } = demoSuite("the page in Chromium");

run("everything by keyboard: filter, tick, read a value, logarithm, zoom, table", () =>
  demo().see({}, async (page, open) => {
    await open();
    const rows = page.locator("tbody tr[data-run]");
    await rows.first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("optimizer=sgd");
    await eventually("filter", async () => (await rows.count()) === 1);
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    const box = rows.getByRole("checkbox");
    const before = await box.isChecked();
    await page.keyboard.press("x");
    assert.is(await box.isChecked(), !before);
    await page.keyboard.press("o");
    await drawn(page, "train/loss");
    const slider = chart(page, "train/loss");
    await slider.focus();
    await page.keyboard.press("End");
    await eventually("a value", async () =>
      /^step 2999: digits \w{4} 0\.\d{6,}$/.test(
        String(await slider.getAttribute("aria-valuetext")),
      ),
    );
    await page.keyboard.press("Shift+ArrowLeft");
    await eventually("ten back", async () =>
      String(await slider.getAttribute("aria-valuetext")).startsWith("step 29"),
    );
    await page.keyboard.press("l");
    const card = page.getByRole("article", { name: "train/loss" });
    assert.is(await card.getByRole("button", { name: "log" }).getAttribute("aria-pressed"), "true");
    await page.keyboard.press("+");
    await page.getByRole("button", { name: "whole axis" }).waitFor();
    await page.keyboard.press("0");
    await page.keyboard.press("t");
    await card.getByRole("table").waitFor();
    await page.keyboard.press("Escape");
    await rows.first().waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
  }),
);

run("the accessibility tree says what is seen", () =>
  demo().see({}, async (page, open) => {
    await open(`#/runs?filter=digits`);
    await drawn(page, "train/loss");
    const tree = await page.locator("body").ariaSnapshot();
    for (const words of [
      ...['heading "Runs" [level=1]', "table:", "columnheader", 'checkbox "Show the curves of'],
      ...['slider "train/loss by step', 'article "test/accuracy"', "lowest 0."],
    ]) {
      assert.ok(tree.includes(words), `${words} in\n${tree}`);
    }
  }),
);

run("axe finds nothing: both themes, a desk and a phone, every view", async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const id = (await demo().server.library.runs()).runs.find(
    ({ project }) => project === "digits",
  )?.id;
  const tabs = [...TABS];
  const addresses = [
    "#/runs",
    "#/compare",
    ...tabs.map((tab) => `#/run/${id?.slice(0, 8)}/${tab}`),
  ];
  for (const look of [{}, { scheme: "dark", width: 390, height: 844 }] as const) {
    await demo().see(look, async (page, open) => {
      await open();
      await page.evaluate(axe);
      for (const address of addresses) {
        await page.evaluate(`location.hash = ${JSON.stringify(address)}`);
        await page.waitForTimeout(500);
        const found = (await page.evaluate("axe.run()")) as {
          violations: { id: string; nodes: { html: string }[] }[];
        };
        const faults = found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`);
        assert.equal(faults, [], address);
        const width = await page.evaluate("document.documentElement.scrollWidth");
        assert.ok(
          (width as number) <= ("width" in look ? 390 : 1280),
          `${address} is ${width} wide`,
        );
      }
    });
  }
});

run("names that are markup are text, and load nothing", () =>
  demo().see({}, async (page, open) => {
    const id = await demo().idOf("hostile");
    for (const tab of ["charts", "tables", "texts", "console", "config", "files"]) {
      await open(`#/run/${id}/${tab}`);
      if (tab === "files") await page.getByRole("button", { name: "picture.svg" }).waitFor();
      else
        await page
          .getByText(SCRIPT)
          .or(page.getByTitle(SCRIPT))
          .filter({ visible: true })
          .first()
          .waitFor();
    }
    assert.is(await page.locator("script:not([src]), img[src=x]").count(), 0);
  }),
);

run("the load of the machine has charts of its own, by time", () =>
  demo().see({}, async (page, open) => {
    await open(`#/run/${await demo().idOf("hostile")}/system`);
    for (const key of ["system/cpu %", "system/process memory MB"]) {
      await drawn(page, key);
      await page.getByRole("slider", { name: `${key} by time since the start` }).waitFor();
    }
    assert.is(await page.getByLabel("x", { exact: true }).count(), 0, "the axis is fixed");
    await page.getByRole("img", { name: /^Replica 0: waiting \d+ %, loading \d+ %/ }).waitFor();
    await page.getByRole("link", { name: /^Charts/ }).click();
    await chart(page, `${SCRIPT}/loss`).waitFor();
    assert.is(await page.getByRole("article", { name: /^system/ }).count(), 0);
  }),
);

run("histograms over steps: how many numbers lie where", () =>
  demo().see({}, async (page, open) => {
    await open(`#/run/${await demo().idOf("digits")}/histograms`);
    const picture = page.getByRole("img", { name: /^weights at step 2999: lowest −0\.5/ });
    await picture.waitFor();
    assert.is(await picture.locator("rect").count(), 60);
    await page.getByRole("article", { name: "weights" }).getByRole("slider").press("Home");
    await page.getByRole("img", { name: /^weights at step 999: lowest −0\.1/ }).waitFor();
  }),
);

run("images over steps: the slider moves all of them, and says where there is none", () =>
  demo().see({}, async (page, open) => {
    await open(`#/run/${await demo().idOf("digits")}/images`);
    const slider = page.getByRole("slider", { name: "step" });
    await page.getByRole("img").nth(5).waitFor();
    assert.is(await slider.getAttribute("aria-valuetext"), "step 2999");
    const source = () => page.getByRole("img").first().getAttribute("src");
    const first = await source();
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("img", { name: "samples at step 1999, image 1" }).waitFor();
    assert.not.equal(await source(), first);
  }),
);

run("figures over steps: a picture of each, or why there is none", () =>
  demo().see({}, async (page, open) => {
    await open(`#/run/${await demo().idOf("figures")}/figures`);
    const newest = page.getByRole("img", { name: "confusion at step 2: Confusion 2" });
    await newest.waitFor();
    const source = await newest.getAttribute("src");
    const width = () =>
      newest.evaluate((one) => (one as unknown as { naturalWidth: number }).naturalWidth);
    await eventually("the picture", async () => (await width()) > 100);
    await page.getByText(/^No picture: .*pie/).waitFor();
    await page.getByRole("slider").first().press("Home");
    const first = page.getByRole("img", { name: "confusion at step 1: Confusion 1" });
    await first.waitFor();
    assert.not.equal(await first.getAttribute("src"), source);
  }),
);

run("a chart is saved as PNG, a comparison as CSV, a run as JSON", () =>
  demo().see({}, async (page, open) => {
    const saved = async (act: () => Promise<void>): Promise<Buffer> => {
      const [download] = await Promise.all([page.waitForEvent("download"), act()]);
      return readFileSync(await download.path());
    };
    await open(`#/run/${await demo().idOf("digits")}`);
    await drawn(page, "train/loss");
    await chart(page, "train/loss").focus();
    const picture = await saved(() => page.keyboard.press("e"));
    assert.is(picture.toString("latin1", 1, 4), "PNG");
    assert.ok(picture.readUInt32BE(16) > 300 && picture.readUInt32BE(20) > 200);
    await page.getByRole("link", { name: "Files" }).click();
    const json = await saved(() => page.getByRole("button", { name: "save as JSON" }).click());
    assert.is(JSON.parse(String(json)).points["train/loss"].values.length, 3000);
    await page.getByRole("link", { name: "‹ Runs" }).click();
    await page.getByRole("button", { name: /^compare/ }).click();
    const csv = await saved(() => page.getByRole("button", { name: "save as CSV" }).click());
    assert.match(String(csv), /\r\nlearning_rate,/);
  }),
);

const picture = PICTURES === undefined ? test.skip : run;

picture("pictures for the documentation", async () => {
  const open = async (look: Look, name: string, address: string): Promise<void> =>
    await demo().see({ ratio: 2, ...look }, async (page, go) => {
      await go(address);
      await page.locator("canvas, img").first().waitFor();
      await page.waitForTimeout(1500);
      await page.screenshot({ path: join(PICTURES as string, name) });
    });
  const { runs } = await demo().server.library.runs();
  const ids = runs.filter(({ project }) => project === "digits").map(({ id }) => id.slice(0, 8));
  await open({ height: 860 }, "runs.png", `#/runs?filter=digits&runs=${ids}`);
  await open(
    { width: 390, height: 780, scheme: "dark" },
    "phone.png",
    `#/runs?filter=digits&runs=${ids}`,
  );
});

test.run();
