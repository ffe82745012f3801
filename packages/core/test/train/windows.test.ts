import { suite } from "uvu";
import { testWindows } from "./test-windows.ts";

const test = suite("accumulation windows");

testWindows(test, 3);

test.run();
