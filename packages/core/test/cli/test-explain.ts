import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { runAcc } from "./run-acc.ts";

export const STALL = fileURLToPath(new URL("./fixtures/stall.ts", import.meta.url));

/** Tests the signal that asks a launch with these options; Windows has no such signal. */
export function testSignal(test: Test, restarts: readonly string[]): void {
  if (process.platform === "win32") return;
  test(`SIGUSR2 prints where each rank stands, and the run goes on ${restarts.join(" ")}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "acc-explain-"));
    const path = join(folder, "go on");
    let [isAsked, isTold] = [false, false];
    const args = ["launch", ...restarts, "--num-processes", "3", STALL, path];
    const { code, stderr } = await runAcc(args, {
      act: (child, output, errors) => {
        if (!isAsked && output.split("stalls").length > 3) {
          isAsked = true;
          setTimeout(() => child.kill("SIGUSR2"), 500); // ranks 0 and 2 print before they wait
        } else if (!isTold && /^ {2}rank 2, .*\n/m.test(errors)) {
          isTold = true;
          writeFileSync(path, "");
        }
      },
    });
    rmSync(folder, { recursive: true });
    assert.is(code, 0, stderr);
    assert.match(stderr, "Where the replicas stand:\n  rank 0, ");
    for (const rank of [0, 2]) {
      assert.match(
        stderr,
        new RegExp(
          `rank ${rank}, before its first step: waits in gather\\(float32\\[2\\]\\) for .*, at \\S*stall\\.ts:15:`,
        ),
      );
    }
    assert.match(stderr, /rank 1, .*: has been in no collective for .*; its last one was reduce/);
  });
}
