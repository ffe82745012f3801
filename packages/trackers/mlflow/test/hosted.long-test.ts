import { suite } from "uvu";
import { testKill } from "./test-hosted.ts";

const test = suite("MLflow through the public API, killed at other moments");

for (const stepsBefore of [1, 40]) testKill(test, stepsBefore);

test.run();
