import { suite } from "uvu";
import { replayedEqualsTraced } from "./replayed-equals-traced.ts";

const test = suite("compileStep");

/** The long tests take all variants. */
const CHOSEN = ["dropout", "clipping at the end of windows"] as const;

for (const variant of CHOSEN) {
  test(`replays what was traced, bit for bit: ${variant}`, () => replayedEqualsTraced(1, variant));
}

test.run();
