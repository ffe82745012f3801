export { type TestDelivery, TestRun, type TestRunOptions } from "./test-run.ts";
export {
  type ContractCase,
  type ContractSubject,
  trackerContract,
} from "./tracker-contract.ts";
