import "./compile-always.ts";
import { suite } from "uvu";
import { checkGraphs } from "./check-graphs.ts";

const test = suite("random graphs of operations give what cpu gives");

test("400 cases", () => checkGraphs(400, 60_000));

test.run();
