import { suite } from "uvu";
import { compareFromShell, comparePort } from "./compare-port.ts";

const test = suite("port: autoencoder");

comparePort(test, "autoencoder", ["5"]);
compareFromShell(test, "autoencoder", ["5"]);

test.run();
