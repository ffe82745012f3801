import { suite } from "uvu";
import { testRefusal } from "./test-local-fit.ts";

const test = suite("fit of a prepared model, of three replicas");

testRefusal(test, 3);

test.run();
