/** Pages as a browser shows them: Debian's Chromium, if it is installed, without a window. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** The browser connects only to the page, and stores nothing. */
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["--disable-dev-shm-usage", "--hide-scrollbars"],
];

/** The program; undefined where there is none. */
export function chromiumPath(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

export type PageOptions = {
  /** Time as the page sees it; it does not advance while the page waits for an answer. */
  readonly virtualTimeMs?: number;
  readonly timeoutMs?: number;
};

/** The page's DOM as HTML, once its scripts have run for a while. */
export async function pageDom(
  url: string,
  { virtualTimeMs = 20_000, timeoutMs = 120_000 }: PageOptions = {},
): Promise<string> {
  return runChromium(
    ["--dump-dom", `--virtual-time-budget=${virtualTimeMs}`, "--window-size=1600,2400", url],
    timeoutMs,
  );
}

/** Writes a picture of the page as PNG. */
export async function pagePicture(
  url: string,
  path: string,
  { virtualTimeMs = 20_000, timeoutMs = 120_000 }: PageOptions = {},
): Promise<void> {
  await runChromium(
    [
      ...[`--screenshot=${path}`, `--virtual-time-budget=${virtualTimeMs}`],
      ...["--window-size=1600,2400", url],
    ],
    timeoutMs,
  );
}

async function runChromium(args: readonly string[], timeoutMs: number): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), "acc-chromium-"));
  try {
    const all = [...FLAGS, `--user-data-dir=${profile}`, ...args];
    const { stdout } = await promisify(execFile)(chromiumPath() as string, all, {
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return stdout;
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
