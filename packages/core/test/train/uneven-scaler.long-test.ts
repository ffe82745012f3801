import { suite } from "uvu";
import { testUnevenScaler } from "./test-uneven-scaler.ts";

const test = suite("a gradScaler inside joinUnevenInputs of two and of four replicas");

testUnevenScaler(test, [2, 4]);

test.run();
