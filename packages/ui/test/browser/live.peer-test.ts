import { createServer } from "node:net";
import { listen } from "@acc/test-kit/servers/listen";
import type { Page } from "playwright-core";
import * as assert from "uvu/assert";
import { openLibrary } from "../../src/index/library.ts";
import { servePage } from "../../src/server/server.ts";
import { beginRun } from "../record-run.ts";
import { TOKEN } from "../server/open-page.ts";
import { colouredRows, eventually, newPage } from "./browser.ts";
import { chart, drawn } from "./demo-page.ts";
import { GAP, NUM_STEPS, PEAK } from "./demo-runs.ts";
import { demoSuite } from "./demo-suite.ts";

const { test, run, demo } = demoSuite("curves in Chromium");

for (const scheme of ["light", "dark"] as const) {
  for (const ratio of [1, 2]) {
    run(
      `one point of ${NUM_STEPS} is seen at its height, NaN as a gap (${scheme}, ${ratio}×)`,
      () =>
        demo().see({ scheme, ratio }, async (page, open) => {
          await open(`#/run/${await demo().idOf("steady")}`);
          await drawn(page, "level");
          const rows = (step: number): Promise<number[]> =>
            colouredRows(page, "level", step / (NUM_STEPS - 1));
          // From 1 to 10, and 5 % more on either side.
          const height = (value: number): number => 1 - ((value - 1) / 9 + 0.05) / 1.1;
          // A page that is still finding its layout draws the curve again.
          await eventually("the peak at its height", async () => {
            const peak = await rows(PEAK.step);
            return Math.abs(Math.min(...peak) - height(PEAK.value)) < 0.02;
          });
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
  demo().see({}, async (page, open) => {
    const accelerator = await beginRun(demo().folder, { project: "growing" });
    try {
      for (let step = 0; step < 3000; step++) accelerator.log({ level: step % 7 }, { step });
      await accelerator.flush();
      await eventually("the run", async () => (await demo().idOf("growing")) !== "");
      await open(`#/run/${await demo().idOf("growing")}`);
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

run("seven pages of one browser are all live", () =>
  demo().see({}, async (page, open) => {
    await open();
    const others: Page[] = [];
    for (let index = 0; index < 6; index++) {
      const other = await page.context().newPage();
      await other.goto(`http://127.0.0.1:${demo().server.port}/#token=${TOKEN}`);
      others.push(other);
    }
    const accelerator = await beginRun(demo().folder, { project: "late" });
    await accelerator.endTraining();
    for (const other of [page, ...others]) await other.getByText("new run").waitFor();
    await page.getByText("new run").click();
    await page.getByRole("link", { name: "late" }).first().waitFor();
  }),
);

run("a server that went away is said; when it is back the page goes on", async () => {
  const library = await openLibrary(demo().folder);
  const place = createServer();
  const port = await listen(place);
  place.close();
  const serve = () => servePage(library, { port, token: TOKEN, hostNames: [] });
  let served = await serve();
  const { page } = await newPage(demo().browser);
  try {
    await page.goto(`http://127.0.0.1:${port}/#token=${TOKEN}`);
    const status = page.getByRole("banner").getByRole("status");
    await status.getByText("live").waitFor();
    const rows = page.locator("tbody tr[data-run]");
    const count = await rows.count();
    await served.close();
    await status.getByText("not connected since").waitFor();
    assert.is(await rows.count(), count);
    served = await serve();
    await status.getByText("live").waitFor();
  } finally {
    await page.context().close();
    await served.close();
    await library.close();
  }
});

test.run();
