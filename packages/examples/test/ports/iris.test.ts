import { suite } from "uvu";
import { comparePort } from "./compare-port.ts";

const test = suite("port: iris");

comparePort(test, "iris", ["5"], ["wasm"]);

test.run();
