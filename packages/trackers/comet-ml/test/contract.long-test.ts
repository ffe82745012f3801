import { testContract } from "@acc/test-kit/contract/test-contract";
import { suite } from "uvu";
import { subject } from "./contract-subject.ts";

const test = suite("Comet keeps the contract of trackers, what takes longer");

testContract(test, subject, "slow");

test.run();
