import { suite } from "uvu";
import { checkBlocks } from "./blocks.ts";

const test = suite("documentation of packages");

checkBlocks(test, undefined, "packages");

test.run();
