import { suite } from "uvu";
import { compareFromShell, comparePort } from "./compare-port.ts";

const test = suite("port: gan");

comparePort(test, "gan", ["5"]);
compareFromShell(test, "gan", ["5"]);

test.run();
