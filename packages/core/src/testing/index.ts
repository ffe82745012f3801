export type { ContractSubject } from "./contract-subject.ts";
export { onSmallDisk, type SmallDisk } from "./small-disk.ts";
export { type TestDelivery, TestRun, type TestRunOptions } from "./test-run.ts";
export { type ContractCase, trackerContract } from "./tracker-contract.ts";
