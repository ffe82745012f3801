import { testContract } from "@acc/test-kit/contract/test-contract";
import { suite } from "uvu";
import { subject } from "./contract-subject.ts";

const test = suite("SwanLab offline holds the contract, what takes longer");

testContract(test, subject, "slow");

test.run();
