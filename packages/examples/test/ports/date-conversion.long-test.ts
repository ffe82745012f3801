import { suite } from "uvu";
import { compareFromShell, comparePort } from "./compare-port.ts";

const test = suite("port: date-conversion");

comparePort(test, "date-conversion", ["5", "80"]);
compareFromShell(test, "date-conversion", ["5", "80"]);

test.run();
