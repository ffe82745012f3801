import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumPath } from "@acc/test-kit/peers/chromium";
import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { beginRun } from "../record-run.ts";
import { type OpenPage, openPage, TOKEN } from "../server/open-page.ts";
import { colouredRows, eventually, type Look, launchBrowser, newPage } from "./browser.ts";
import { GAP, NUM_STEPS, PEAK, recordDemo, SCRIPT } from "./demo-runs.ts";

const test = suite("the page in Chromium");
const run = chromiumPath() ? test : test.skip;
/** Where pictures of the page for the documentation go, if they are wanted. */
const PICTURES = process.env.ACC_UI_PICTURES;
const folder = mkdtempSync(join(tmpdir(), "acc-ui-page-"));
const digits = join(folder, "digits");
let server: OpenPage;
let browser: Browser;

test.before(async () => {
  if (!chromiumPath()) return;
  mkdirSync(digits);
  await recordDemo(digits);
  server = await openPage(digits);
  browser = await launchBrowser();
});

test.after(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Shows the page to the test; nothing may go wrong in it. */
async function see(
  look: Look,
  act: (page: Page, open: (address?: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const { page, problems } = await newPage(browser, look);
  const open = async (address = ""): Promise<void> => {
    await page.goto(`http://127.0.0.1:${server.port}/#token=${TOKEN}`);
    if (address !== "") await page.evaluate(`location.hash = ${JSON.stringify(address)}`);
    await page.getByRole("main").locator("table, .tabs, .empty").first().waitFor();
  };
  try {
    await act(page, open);
    assert.equal(problems, []);
  } finally {
    await page.context().close();
  }
}

/** The beginning of the id of the run of a project. */
async function idOf(project: string): Promise<string> {
  const { runs } = await server.library.runs();
  return runs.find((one) => one.project === project)?.id.slice(0, 8) ?? "";
}

const chart = (page: Page, key: string) => page.getByRole("slider", { name: `${key} by` });

async function drawn(page: Page, key: string): Promise<void> {
  await page.getByRole("article", { name: key, exact: true }).locator("canvas").waitFor();
}

for (const scheme of ["light", "dark"] as const) {
  for (const ratio of [1, 2]) {
    run(
      `one point of ${NUM_STEPS} is seen at its height, NaN as a gap (${scheme}, ${ratio}×)`,
      () =>
        see({ scheme, ratio }, async (page, open) => {
          await open(`#/run/${await idOf("steady")}`);
          await drawn(page, "level");
          const rows = (step: number): Promise<number[]> =>
            colouredRows(page, "level", step / (NUM_STEPS - 1));
          // From 1 to 10, and 5 % more on either side.
          const height = (value: number): number => 1 - ((value - 1) / 9 + 0.05) / 1.1;
          await eventually("curve", async () => (await rows(2000)).length > 0);
          const peak = await rows(PEAK.step);
          assert.ok(
            Math.abs(Math.min(...peak) - height(PEAK.value)) < 0.02,
            `${Math.min(...peak)}`,
          );
          const level = await rows(2000);
          assert.ok(Math.abs(Math.min(...level) - height(1)) < 0.03, `${Math.min(...level)}`);
          const gap = await rows((GAP.from + GAP.to) / 2);
          assert.equal(
            gap.filter((row) => row < 0.92),
            [],
          );
          const text = await page.getByRole("article", { name: "level" }).textContent();
          assert.match(String(text), `${GAP.to - GAP.from} not finite`);
        }),
    );
  }
}

run("a zoom shows every point again, stays while the run grows, and can be undone", () =>
  see({}, async (page, open) => {
    const accelerator = await beginRun(digits, { project: "growing" });
    try {
      for (let step = 0; step < 3000; step++) accelerator.log({ level: step % 7 }, { step });
      await accelerator.flush();
      await eventually("the run", async () => (await idOf("growing")) !== "");
      await open(`#/run/${await idOf("growing")}`);
      await drawn(page, "level");
      const slider = chart(page, "level");
      const box = (await page.locator(".u-over").boundingBox()) as {
        x: number;
        y: number;
        width: number;
      };
      await page.mouse.move(box.x + box.width * 0.5, box.y + 50);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.51, box.y + 50, { steps: 4 });
      await page.mouse.up();
      const range = async (): Promise<number[]> => [
        Number(await slider.getAttribute("aria-valuemin")),
        Number(await slider.getAttribute("aria-valuemax")),
      ];
      await eventually("zoom", async () => ((await range())[0] as number) > 1000);
      const [min = 0, max = 0] = await range();
      assert.ok(max - min < 60 && min > 1450, `${min} ${max}`);
      const whole = page.getByRole("button", { name: "whole axis" });
      for (let update = 0; update < 10; update++) {
        accelerator.log({ level: update }, { step: 3000 + update });
        await page.waitForTimeout(100);
      }
      await page.mouse.move(5, 5);
      const card = page.getByRole("article", { name: "level" });
      await eventually("the last point", async () =>
        String(await card.locator(".reading").textContent()).includes("9"),
      );
      assert.equal(await range(), [min, max]);
      await whole.click();
      await eventually("whole", async () => (await range())[1] === 3009);
    } finally {
      await accelerator.endTraining();
    }
    await page.getByText("done").first().waitFor();
  }),
);

run("everything by keyboard: filter, tick, read a value, logarithm, zoom, table", () =>
  see({}, async (page, open) => {
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
  see({}, async (page, open) => {
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
  const id = (await server.library.runs()).runs.find(({ project }) => project === "digits")?.id;
  const tabs = ["charts", "images", "tables", "texts", "config", "files"];
  const addresses = [
    "#/runs",
    "#/compare",
    ...tabs.map((tab) => `#/run/${id?.slice(0, 8)}/${tab}`),
  ];
  for (const look of [{}, { scheme: "dark", width: 390, height: 844 }] as const) {
    await see(look, async (page, open) => {
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
  see({}, async (page, open) => {
    const id = await idOf("hostile");
    for (const tab of ["charts", "tables", "texts", "config", "files"]) {
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

run("images over steps: the slider moves all of them, and says where there is none", () =>
  see({}, async (page, open) => {
    await open(`#/run/${await idOf("digits")}/images`);
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

run("a chart is saved as PNG, a comparison as CSV, a run as JSON", () =>
  see({}, async (page, open) => {
    const saved = async (act: () => Promise<void>): Promise<Buffer> => {
      const [download] = await Promise.all([page.waitForEvent("download"), act()]);
      return readFileSync(await download.path());
    };
    await open(`#/run/${await idOf("digits")}`);
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

run("seven pages of one browser are all live", () =>
  see({}, async (page, open) => {
    await open();
    const others: Page[] = [];
    for (let index = 0; index < 6; index++) {
      const other = await page.context().newPage();
      await other.goto(`http://127.0.0.1:${server.port}/#token=${TOKEN}`);
      others.push(other);
    }
    const accelerator = await beginRun(digits, { project: "late" });
    await accelerator.endTraining();
    for (const other of [page, ...others]) await other.getByText("new run").waitFor();
    await page.getByText("new run").click();
    await page.getByRole("link", { name: "late" }).first().waitFor();
  }),
);

run("pictures for the documentation", async () => {
  if (PICTURES === undefined) return;
  const open = async (look: Look, name: string, address: string): Promise<void> =>
    await see({ ratio: 2, ...look }, async (page, go) => {
      await go(address);
      await page.locator("canvas, img").first().waitFor();
      await page.waitForTimeout(1500);
      await page.screenshot({ path: join(PICTURES, name) });
    });
  const { runs } = await server.library.runs();
  const ids = runs.filter(({ project }) => project === "digits").map(({ id }) => id.slice(0, 8));
  await open({ height: 860 }, "runs.png", `#/runs?filter=digits&runs=${ids}`);
  await open(
    { width: 390, height: 780, scheme: "dark" },
    "phone.png",
    `#/runs?filter=digits&runs=${ids}`,
  );
});

test.run();
