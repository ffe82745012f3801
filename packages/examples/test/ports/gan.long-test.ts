import { suite } from "uvu";
import { comparePort } from "./compare-port.ts";

const test = suite("port: gan");

comparePort(test, "gan", ["5"]);

test.run();
