import { suite } from "uvu";
import { compareFromShell, comparePort } from "./compare-port.ts";

const test = suite("port: iris");

comparePort(test, "iris", ["5"]);
compareFromShell(test, "iris", ["5"]);

test.run();
