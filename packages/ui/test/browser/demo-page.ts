import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { type OpenPage, openPage, TOKEN } from "../server/open-page.ts";
import { type Look, launchBrowser, newPage } from "./browser.ts";
import { recordDemo } from "./demo-runs.ts";

/** A browser, and a server over runs with known content. */
export type DemoPage = {
  readonly folder: string;
  readonly server: OpenPage;
  readonly browser: Browser;
  /** Shows the page to a test; nothing may go wrong in it. */
  see(
    look: Look,
    act: (page: Page, open: (address?: string) => Promise<void>) => Promise<void>,
  ): Promise<void>;
  /** The beginning of the id of the newest run of a project; "" if there is none. */
  idOf(project: string): Promise<string>;
  close(): Promise<void>;
};

export async function openDemoPage(): Promise<DemoPage> {
  const parent = mkdtempSync(join(tmpdir(), "acc-ui-page-"));
  const folder = join(parent, "digits");
  mkdirSync(folder);
  await recordDemo(folder);
  const server = await openPage(folder);
  const browser = await launchBrowser();
  return {
    ...{ folder, server, browser },
    async see(look, act) {
      const { page, problems } = await newPage(browser, look);
      try {
        await act(page, (address) => openAddress(page, server.port, address));
        assert.equal(problems, []);
      } finally {
        await page.context().close();
      }
    },
    async idOf(project) {
      const { runs } = await server.library.runs();
      return runs.find((run) => run.project === project)?.id.slice(0, 8) ?? "";
    },
    async close() {
      await browser.close();
      await server.close();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

async function openAddress(page: Page, port: number, address = ""): Promise<void> {
  await page.goto(`http://127.0.0.1:${port}/#token=${TOKEN}`);
  if (address !== "") await page.evaluate(`location.hash = ${JSON.stringify(address)}`);
  await page.getByRole("main").locator("table, .tabs, .empty").first().waitFor();
}

export function chart(page: Page, key: string): Locator {
  return page.getByRole("slider", { name: `${key} by` });
}

/** Waits until a chart has its axes. */
export async function drawn(page: Page, key: string): Promise<void> {
  await page.getByRole("article", { name: key, exact: true }).locator("canvas").waitFor();
}
