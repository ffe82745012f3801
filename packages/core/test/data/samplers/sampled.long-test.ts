import { suite } from "uvu";
import { testElasticEpoch, testSampled } from "./test-sampled.ts";

const test = suite("samplers, masks and collected results on one, two and four replicas");

for (const worldSize of [1, 2, 4]) testSampled(test, worldSize);
testElasticEpoch(test, 3);

test.run();
