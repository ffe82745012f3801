import { suite } from "uvu";
import { checkBlocks } from "./blocks.ts";

const test = suite("documentation but the README");

checkBlocks(test, undefined, "others");

test.run();
