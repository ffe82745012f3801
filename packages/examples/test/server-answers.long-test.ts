import { suite } from "uvu";
import { ALL_SERVICES, testAnswers } from "./test-server-answers.ts";

const test = suite("many answers of all servers that mean nothing");

testAnswers(test, ALL_SERVICES, Number(process.env.COUNT ?? 48));

test.run();
