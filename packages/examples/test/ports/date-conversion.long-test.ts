import { suite } from "uvu";
import { comparePort } from "./compare-port.ts";

const test = suite("port: date-conversion");

comparePort(test, "date-conversion", ["5", "80"]);

test.run();
