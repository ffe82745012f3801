import "./compile-always.ts";
import { suite } from "uvu";
import { checkGraphs } from "./check-graphs.ts";

const test = suite("many random graphs of operations give what cpu gives");

test("2000 cases", () => checkGraphs(2000, 400_000));

test.run();
