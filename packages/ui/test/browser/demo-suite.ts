import { chromiumPath } from "@acc/test-kit/peers/chromium";
import { suite, type Test } from "uvu";
import { type DemoPage, openDemoPage } from "./demo-page.ts";

export type DemoSuite = {
  readonly test: Test;
  /** Adds a test, which is skipped where there is no Chromium. */
  readonly run: Test | Test["skip"];
  /** The browser and the server of all tests of the suite. */
  readonly demo: () => DemoPage;
};

/** A suite over one browser, and one server with runs of known content. */
export function demoSuite(name: string): DemoSuite {
  const test = suite(name);
  let page: DemoPage | undefined;
  test.before(async () => {
    if (chromiumPath()) page = await openDemoPage();
  });
  test.after(async () => {
    await page?.close();
  });
  return { test, run: chromiumPath() ? test : test.skip, demo: () => page as DemoPage };
}
