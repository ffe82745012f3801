import { suite } from "uvu";
import { checkBlocks } from "./blocks.ts";

const test = suite("documentation of packages and trackers");

checkBlocks(test, undefined, "reference");

test.run();
