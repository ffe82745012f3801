import { testContract } from "@acc/test-kit/contract/test-contract";
import { suite } from "uvu";
import { server, subject } from "./contract-subject.ts";

const test = suite("Aim holds the contract");
test.after(() => server.stop());

testContract(test, subject, "quick");

test.run();
