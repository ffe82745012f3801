import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { smallModel, testKills } from "./test-kills.ts";

const test = suite("a process that is killed while it saves a model");

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

testKills(test, 2);

test.run();
