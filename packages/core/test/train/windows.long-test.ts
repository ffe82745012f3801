import { suite } from "uvu";
import { testWindows } from "./test-windows.ts";

const test = suite("accumulation windows of one replica, and of two");

for (const count of [1, 2]) testWindows(test, count);

test.run();
