import { suite } from "uvu";
import { firstLives } from "./resume-lives.ts";
import { testAsManyReplicas, testOtherReplicas } from "./test-resume.ts";

const test = suite("a loader goes on where it stopped, on real replicas");
/** The long tests take all of them, and stop at the top of the loop body as well. */
const NAMES = [
  ...["tensors, accumulated", "a list, batches split", "a sampler", "a stream that rank 0 reads"],
  ...["a stateful iterator", "tf.data, shuffled", "an evaluation"],
];
const first = firstLives(NAMES, ["end"]);

testAsManyReplicas(test, NAMES, "end", first);
testOtherReplicas(test, NAMES, 1, first);

test.run();
