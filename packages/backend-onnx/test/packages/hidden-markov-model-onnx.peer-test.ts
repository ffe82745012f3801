import { suite } from "uvu";
import { checkHiddenMarkovModel, hasPackages } from "./own-tests.ts";

const test = suite("the own tests of hidden-markov-model-tf on onnx");
const run = hasPackages ? test : test.skip; // why they are not installed, the installer said

run("pass", () => checkHiddenMarkovModel("onnx"));

test.run();
