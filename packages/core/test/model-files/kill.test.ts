import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import "../../src/index.ts";

const test = suite("a process that is killed while it saves a model");
const SCRIPT = fileURLToPath(new URL("./fixtures/save-endlessly.ts", import.meta.url));
const REGISTER = new URL("../../src/register-ts.mjs", import.meta.url).href;
const KILLS = 6;
const LIMIT_MS = 60_000;

const smallModel = () =>
  tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 1 })] });

test("leaves temporary files that the next save removes; those of others stay", async () => {
  const folder = mkdtempSync(join(tmpdir(), "acc-kill-"));
  const { pid: dead } = spawnSync(process.execPath, ["-e", ""]);
  const ofOthers = [
    `model.json.${hostname()}-${process.pid}-7-7.tmp`,
    `model.json.another-host-${dead}-0-0.tmp`,
    "model.json.tmp",
  ];
  const abandoned = [
    `model.json.${hostname()}-${dead}-0-3.tmp`,
    `weights.bin.${hostname()}-${dead}-2-4.tmp`,
  ];
  for (const name of [...ofOthers, ...abandoned]) writeFileSync(join(folder, name), "part");
  await smallModel().save(pathToFileURL(folder).href);
  assert.equal(readdirSync(folder).sort(), ["model.json", ...ofOthers, "weights.bin"].sort());
  rmSync(folder, { recursive: true });
});

test("leaves a model that loads", async () => {
  const folder = mkdtempSync(join(tmpdir(), "acc-kill-"));
  const url = pathToFileURL(folder).href;
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, ["--import", REGISTER, SCRIPT, url], {
      stdio: ["ignore", "pipe", "ignore"],
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    const closed = new Promise((resolve) => child.once("close", resolve));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    await sleep(7 * kill);
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

test.run();
