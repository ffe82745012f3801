import { testContract } from "@acc/test-kit/contract/test-contract";
import { suite } from "uvu";
import { subject } from "./contract-subject.ts";

const test = suite("Comet keeps the contract of trackers");

testContract(test, subject, "quick");

test.run();
