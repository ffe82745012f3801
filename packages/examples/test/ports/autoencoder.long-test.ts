import { suite } from "uvu";
import { comparePort } from "./compare-port.ts";

const test = suite("port: autoencoder");

comparePort(test, "autoencoder", ["5"]);

test.run();
