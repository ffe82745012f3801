import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { newestCheckpoint } from "../../../src/checkpoint/files/find-checkpoints.ts";
import { cleanCheckpoints } from "../../../src/checkpoint/files/litter.ts";

const script = fileURLToPath(new URL("./fixtures/save-endlessly.ts", import.meta.url));
const preload = import.meta.resolve("@acc/core/register-ts");

/** Starts a process that saves again and again, kills it at a random moment, and looks at what it has left; so many times. */
export async function testKills(folder: string, count: number): Promise<void> {
  let acknowledged = -1;
  for (let kill = 0; kill < count; kill++) {
    const child = spawn(process.execPath, ["--import", preload, script, folder], {
      stdio: ["ignore", "pipe", "inherit"],
      signal: AbortSignal.timeout(60_000),
    });
    child.on("error", () => {}); // the time limit: `once` throws
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      acknowledged = Number(text.trim().split("\n").at(-1));
    });
    await once(child.stdout, "data");
    if (kill === 0) writeFileSync(join(folder, "notes.txt"), "mine");
    await pause(Math.random() * 60);
    child.kill("SIGKILL");
    await once(child, "close");
    const newest = await newestCheckpoint(folder, (warning) => assert.unreachable(warning));
    const iteration = newest?.manifest.iteration ?? -1;
    assert.ok(iteration >= acknowledged, `${iteration} is there, ${acknowledged} was acknowledged`);
    const { seed } = (newest?.json("state.json") ?? {}) as { seed?: number };
    assert.is(seed, iteration);
  }
  await cleanCheckpoints(folder);
  const names = readdirSync(folder).filter((name) => !name.startsWith("checkpoint_"));
  assert.equal(names.filter((name) => name !== "lock").sort(), ["latest.json", "notes.txt"]);
}
