import { suite } from "uvu";
import { testParity } from "./test-fit-parity.ts";

const test = suite("fit of the group");

// The long tests have all cases.
testParity(
  test,
  [2],
  [
    "a shuffled fit whose samples do not divide",
    "batches with fewer samples than replicas",
    "batch norm over all replicas, with a last batch of one sample",
    "validation of a part",
    "windows of two batches",
    "fitDataset with tensors to validate, and class weights",
    "a gradScaler",
    "trainOnBatch",
  ],
);

test.run();
