import "./compile-always.ts";
import { suite } from "uvu";
import { checkGraphs } from "./check-graphs.ts";

const test = suite("random graphs of operations give what cpu gives");

test("200 cases", () => checkGraphs(200, 60_000));

test.run();
