import { suite } from "uvu";
import { testBurst } from "./test-burst.ts";

const test = suite("larger bursts that are on the disk when the process ends");

testBurst(test, "8000 calls in a burst, then an error", { count: 8000, end: "throw" });
testBurst(test, "two arrays of 10 MB", { arrays: 2, arrayMb: 10, end: "end" });
testBurst(test, "200 000 calls in a burst, then process.exit", { count: 200_000, end: "exit" });
testBurst(test, "200 000 calls in a burst, then an error", { count: 200_000, end: "throw" });
testBurst(test, "ten arrays of 20 MB", { arrays: 10, arrayMb: 20, end: "end" });

test.run();
