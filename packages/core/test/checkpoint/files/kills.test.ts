import { suite } from "uvu";
import { scratch } from "./samples.ts";
import { testKills } from "./test-kills.ts";

const test = suite("kill -9 while checkpoints are written and removed");

test("4 times", async () => {
  await testKills(scratch(), 4);
});

test.run();
