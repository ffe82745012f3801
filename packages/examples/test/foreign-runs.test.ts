import { suite } from "uvu";
import { testForeignRun } from "./test-foreign-run.ts";

const test = suite("keys do not go where a stranger's run says");

testForeignRun(test, "mlflow");

test.run();
