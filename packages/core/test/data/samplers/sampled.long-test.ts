import { suite } from "uvu";
import { testElasticEpoch, testSampled } from "./test-sampled.ts";

const test = suite("samplers, masks and collected results on one replica, and on two");

for (const worldSize of [1, 2]) testSampled(test, worldSize);
testElasticEpoch(test, 3);

test.run();
