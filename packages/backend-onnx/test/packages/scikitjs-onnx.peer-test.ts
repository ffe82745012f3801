import { suite } from "uvu";
import { checkScikit, hasPackages } from "./own-tests.ts";

const test = suite("the own tests of scikitjs on onnx");
const run = hasPackages ? test : test.skip; // why they are not installed, the installer said

run("pass", () => checkScikit("onnx"));

test.run();
