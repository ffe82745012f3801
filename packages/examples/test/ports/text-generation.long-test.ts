import { suite } from "uvu";
import { comparePort } from "./compare-port.ts";

const test = suite("port: text-generation");

comparePort(test, "text-generation", ["5"]);

test.run();
