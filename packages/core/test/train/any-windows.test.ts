import { suite } from "uvu";
import { testAnyWindows } from "./test-any-windows.ts";

const test = suite("accumulation windows of any sizes");

testAnyWindows(test, 3);

test.run();
