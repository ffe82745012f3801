import { suite } from "uvu";
import { testUnevenScaler } from "./test-uneven-scaler.ts";

const test = suite("a gradScaler inside joinUnevenInputs");

testUnevenScaler(test, [3]);

test.run();
