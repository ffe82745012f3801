import { existsSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import { scratch } from "./samples.ts";
import { testKills } from "./test-kills.ts";

const test = suite("kill -9 while checkpoints are written and removed");

test("200 times on the disk", async () => {
  await testKills(scratch(), 200);
});

test("20 times in memory", async () => {
  if (!existsSync("/dev/shm")) return;
  await testKills(join(mkdtempSync("/dev/shm/acc-kills-"), "checkpoints"), 20);
});

test.run();
