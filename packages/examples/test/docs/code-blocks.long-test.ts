import { suite } from "uvu";
import { checkBlocks } from "./blocks.ts";

const test = suite("documentation, on two replicas");

checkBlocks(test, 2);

test.run();
