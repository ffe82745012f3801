import { suite } from "uvu";
import { checkPrograms } from "./check-programs.ts";

const test = suite(
  "random layers and losses give the values and gradients of float64, on every backend",
);

test("each kind once", () => checkPrograms(26));

test.run();
