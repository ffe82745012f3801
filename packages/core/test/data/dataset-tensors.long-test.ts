import { suite } from "uvu";
import { testHolding } from "./test-holding.ts";

const test = suite("tensors of datasets");
const script = new URL("./fixtures/hold-tensors.ts", import.meta.url);

testHolding(test, script, "cpu", 1);
testHolding(test, script, "wasm", 1);
testHolding(test, script, "wasm", 3);

test.run();
