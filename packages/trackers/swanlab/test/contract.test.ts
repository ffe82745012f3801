import { testContract } from "@acc/test-kit/contract/test-contract";
import { suite } from "uvu";
import { subject } from "./contract-subject.ts";

const test = suite("SwanLab offline holds the contract");

testContract(test, subject, "quick");

test.run();
