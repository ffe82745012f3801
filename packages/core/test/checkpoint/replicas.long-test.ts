import { suite } from "uvu";
import { play } from "./play-scenarios.ts";
import { begun, finished, testWindow } from "./test-windows.ts";

const test = suite("checkpoints of two replicas that three load");

test.before(async () => {
  await play(2, begun(2));
  await play(3, finished(2, 3));
});
testWindow(test, 2, 3);

test.run();
