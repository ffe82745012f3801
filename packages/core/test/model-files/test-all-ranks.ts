import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";

export function testAllRanks(test: Test, numProcesses: number, backend: "cpu" | "wasm"): void {
  test(`every rank may save at once: ${numProcesses} replicas on ${backend}`, async () => {
    const folder = join(mkdtempSync(join(tmpdir(), "acc-models-")), "model");
    const script = new URL("./fixtures/save-on-all-ranks.ts", import.meta.url);
    const ranks = await launch<number[][]>(script, { numProcesses, args: [folder, backend] });
    assert.equal(ranks.flat(2), new Array(5 * numProcesses).fill(0));
    assert.equal(readdirSync(folder).sort(), ["model.json", "weights.bin"]);
    rmSync(join(folder, ".."), { recursive: true });
  });
}
