import { suite } from "uvu";
import { replayedEqualsTraced, VARIANTS } from "./replayed-equals-traced.ts";

const test = suite("compileStep with 1 replica");

for (const variant of VARIANTS) {
  test(`replays what was traced, bit for bit: ${variant}`, () => replayedEqualsTraced(1, variant));
}

test.run();
