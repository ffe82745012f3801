/** Prints two medians of alternating rounds, in milliseconds: a save of 96 MB on so many replicas, and a copy of 96 MB. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "acc-bench-"));
const [figures = []] = await launch<number[]>(new URL("./stall-replica.ts", import.meta.url), {
  ...{ numProcesses: Number(process.argv[2]), args: [folder] },
});
rmSync(folder, { recursive: true });
console.log(...figures);
