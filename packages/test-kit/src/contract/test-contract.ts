import { type ContractSubject, trackerContract } from "@acc/core/testing";
import type { Test } from "uvu";

/** Tests the cases of the contract that are slow, or all others. */
export function testContract(test: Test, subject: ContractSubject, speed: "quick" | "slow"): void {
  for (const { name, run, isSlow } of trackerContract(subject)) {
    if (isSlow === (speed === "slow")) test(name, run);
  }
}
