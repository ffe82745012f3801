import { suite } from "uvu";
import { testSignal } from "./test-explain.ts";

const test = suite("acc launch: where replicas that are asked stand");

for (const restarts of [[], ["--max-restarts", "0"]]) testSignal(test, restarts);

test.run();
