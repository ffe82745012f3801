import { suite } from "uvu";
import { replayedEqualsTraced } from "./replayed-equals-traced.ts";

const test = suite("compileStep");

/** The long tests take all variants. */
const CHOSEN = "clipping at the end of windows";

test(`replays what was traced, bit for bit: ${CHOSEN}`, () => replayedEqualsTraced(1, CHOSEN));

test.run();
