/** Pages as a browser shows them: Debian's Chromium, if it is installed, without a window. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** It talks to nobody but the page, and keeps nothing. */
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["--disable-dev-shm-usage", "--hide-scrollbars"],
];

/** The program; undefined where there is none. */
export function chromiumPath() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/**
 * The page's DOM as HTML, once its scripts have run for a while.
 *
 * @param virtualTimeMs time as the page sees it, which stands still while it waits for an answer.
 */
export async function pageDom(url, { virtualTimeMs = 20_000, timeoutMs = 120_000 } = {}) {
  return runChromium(
    ["--dump-dom", `--virtual-time-budget=${virtualTimeMs}`, "--window-size=1600,2400", url],
    timeoutMs,
  );
}

/** Writes a picture of the page as PNG. */
export async function pagePicture(url, path, { virtualTimeMs = 20_000, timeoutMs = 120_000 } = {}) {
  await runChromium(
    [
      ...[`--screenshot=${path}`, `--virtual-time-budget=${virtualTimeMs}`],
      ...["--window-size=1600,2400", url],
    ],
    timeoutMs,
  );
}

async function runChromium(args, timeoutMs) {
  const profile = mkdtempSync(join(tmpdir(), "acc-chromium-"));
  try {
    const all = [...FLAGS, `--user-data-dir=${profile}`, ...args];
    const { stdout } = await promisify(execFile)(chromiumPath(), all, {
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return stdout;
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
