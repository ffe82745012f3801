import { suite } from "uvu";
import { testSampled } from "./test-sampled.ts";

const test = suite("samplers, masks and collected results on four replicas");

testSampled(test, 4);

test.run();
