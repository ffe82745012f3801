import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import "../src/index.ts";
import { testRelease, testUnevenRanks } from "./test-replicas.ts";

const test = suite("more replicas and threads");

for (const optimizer of ["adam", "adagrad", "adamax", "rmsprop"]) testUnevenRanks(test, optimizer);

test.before(async () => {
  await tf.setBackend("onnx"); // as in the short tests: the library stays loaded in this thread
});
testRelease(test, 7);

test.run();
