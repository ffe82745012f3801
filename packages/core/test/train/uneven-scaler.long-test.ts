import { suite } from "uvu";
import { testUnevenScaler } from "./test-uneven-scaler.ts";

const test = suite("a gradScaler inside joinUnevenInputs of four replicas");

testUnevenScaler(test, [4]);

test.run();
