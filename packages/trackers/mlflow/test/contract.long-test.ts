import { testContract } from "@acc/test-kit/contract/test-contract";
import { suite } from "uvu";
import { server, subject } from "./contract-subject.ts";

const test = suite("MLflow keeps the contract of trackers, what takes longer");
test.after(() => server.stop());

testContract(test, subject, "slow");

test.run();
