import { suite } from "uvu";
import { replayedEqualsTraced, VARIANTS } from "./replayed-equals-traced.ts";

const test = suite("compileStep with 2 replicas");

for (const variant of VARIANTS) {
  test(`replays what was traced, bit for bit: ${variant}`, () => replayedEqualsTraced(2, variant));
}

test.run();
