import { suite } from "@acc/test-kit/suite";
import { testElasticEpoch, testSampled } from "./test-sampled.ts";

const test = suite("samplers, masks and collected results on replicas");

testSampled(test, 3);
testElasticEpoch(test.slow, 2);

test.run();
