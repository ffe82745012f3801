import { chromiumPath } from "@acc/test-kit/peers/chromium";
import { type Browser, chromium, type Page } from "playwright-core";

export const LIMIT_MS = 30_000;

export type Look = {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  /** Device pixels per CSS pixel. */
  readonly ratio?: number;
};

export function launchBrowser(): Promise<Browser> {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
  return chromium.launch({ executablePath: chromiumPath() as string, args, timeout: LIMIT_MS });
}

/** A page of its own, and everything that went wrong in it: errors, dialogs, requests to others, refusals of the policy. */
export async function newPage(
  browser: Browser,
  { width = 1280, height = 900, scheme = "light", ratio = 1 }: Look = {},
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({
    ...{ viewport: { width, height }, colorScheme: scheme, deviceScaleFactor: ratio },
    ...{ hasTouch: width < 500, locale: "en-GB", timezoneId: "UTC" },
  });
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!/^(blob:)?http:\/\/127\.0\.0\.1:/.test(request.url())) problems.push(request.url());
  });
  return { page, problems };
}

/** Which rows of pixels of one column of a chart are coloured, from the top of the plot: 0, to its bottom: 1. */
export async function colouredRows(page: Page, key: string, share: number): Promise<number[]> {
  return await page.evaluate(
    `(() => {
      const card = [...document.querySelectorAll("article")].find((one) => one.ariaLabel === ${JSON.stringify(key)});
      const canvas = card.querySelector("canvas");
      const outer = canvas.getBoundingClientRect();
      const inner = card.querySelector(".u-over").getBoundingClientRect();
      const ratio = canvas.width / outer.width;
      const x = Math.floor((inner.left - outer.left + inner.width * ${share}) * ratio);
      const [top, height] = [(inner.top - outer.top) * ratio, inner.height * ratio];
      const { data } = canvas.getContext("2d").getImageData(x, top, 1, height);
      const rows = [];
      for (let row = 0; row < height; row++) {
        // The background and the grid are gray.
        const rgb = [...data.slice(4 * row, 4 * row + 3)];
        if (data[4 * row + 3] > 0 && Math.max(...rgb) - Math.min(...rgb) > 25) rows.push(row / height);
      }
      return rows;
    })()`,
  );
}

/** Waits until a condition holds: tries again for a while. */
export async function eventually(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + LIMIT_MS; Date.now() < endMs; ) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what}: not within ${LIMIT_MS / 1000} s.`);
}
