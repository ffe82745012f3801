import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CometOptions } from "../src/options.ts";
import { Recording } from "./recording.ts";

/** A recording, and the folder that its archive goes to. */
export function recordOffline(options: CometOptions = {}): {
  readonly recording: Recording;
  readonly archives: string;
} {
  const archives = mkdtempSync(join(tmpdir(), "acc-comet-archives-"));
  const offline = { online: false, offlineDirectory: archives, workspace: "ws", ...options };
  return { recording: new Recording(offline), archives };
}
