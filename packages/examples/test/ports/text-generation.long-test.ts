import { suite } from "uvu";
import { compareFromShell, comparePort } from "./compare-port.ts";

const test = suite("port: text-generation");

comparePort(test, "text-generation", ["5"]);
compareFromShell(test, "text-generation", ["5"]);

test.run();
