/**
 * Prints two medians of alternating rounds, in milliseconds, of `acc launch` with two replicas until its first step is done: of a run
 * that goes on in the middle of an epoch behind a kill -9, and of one that begins.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "@acc/test-kit/bench/row";

const ROUNDS = 9;
const ACC = fileURLToPath(new URL("../../bin/acc.mjs", import.meta.url));
const SCRIPT = fileURLToPath(new URL("./restart-replica.mjs", import.meta.url));

/** Starts the script. @returns milliseconds until its first step, when it has ended as it should. */
function launch(folder: string, way: "save" | "resume" | "begin"): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let firstStepMs = Number.NaN;
    const args = [ACC, "launch", "--num-processes", "2", SCRIPT, folder, way];
    const stdio = ["ignore", "pipe", "inherit"] as const;
    const child = spawn(process.execPath, args, { stdio: [...stdio], timeout: 60_000 });
    child.stdout?.once("data", () => (firstStepMs = performance.now() - started));
    child.on("close", (code, signal) => {
      if (way === "save" ? signal === "SIGKILL" : code === 0 && firstStepMs > 0) {
        resolve(firstStepMs);
      } else reject(new Error(`${way} ended with ${code ?? signal}`));
    });
  });
}

const folder = join(mkdtempSync(join(tmpdir(), "acc-bench-")), "checkpoint");
const [resumed, begun]: [number[], number[]] = [[], []];
await launch(folder, "save");
for (let round = 0; round < ROUNDS; round++) {
  resumed.push(await launch(folder, "resume"));
  begun.push(await launch(folder, "begin"));
}
rmSync(join(folder, ".."), { recursive: true });
console.log(median(resumed), median(begun));
