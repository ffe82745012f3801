import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import "../../src/index.ts";

const SCRIPT = fileURLToPath(new URL("./fixtures/save-endlessly.ts", import.meta.url));
const REGISTER = new URL("../../src/register-ts.mjs", import.meta.url).href;
const LIMIT_MS = 60_000;

export const smallModel = (): tf.LayersModel =>
  tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 1 })] });

/** Tests so many processes that are killed within 42 ms after their first save. */
export function testKills(test: Test, kills: number): void {
  test("leaves a model that loads", async () => {
    const folder = mkdtempSync(join(tmpdir(), "acc-kill-"));
    const url = pathToFileURL(folder).href;
    for (let kill = 0; kill < kills; kill++) {
      const child = spawn(process.execPath, ["--import", REGISTER, SCRIPT, url], {
        stdio: ["ignore", "pipe", "ignore"],
        timeout: LIMIT_MS,
        killSignal: "SIGKILL",
      });
      const closed = new Promise((resolve) => child.once("close", resolve));
      await new Promise((resolve) => child.stdout.once("data", resolve));
      await sleep((42 / kills) * kill);
      child.kill("SIGKILL");
      await closed;
      (await tf.loadLayersModel(`${url}/model.json`)).dispose();
      const left = readdirSync(folder).filter((name) => name.endsWith(".tmp"));
      assert.ok(left.length <= 1, left.join());
    }
    await smallModel().save(url);
    assert.equal(readdirSync(folder).sort(), ["model.json", "weights.bin"]);
    rmSync(folder, { recursive: true });
  });
}
