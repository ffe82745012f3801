import { suite } from "uvu";
import { testAnswers } from "./test-server-answers.ts";

const test = suite("answers of servers that mean nothing");

testAnswers(test, ["wandb", "aim"], 12);

test.run();
