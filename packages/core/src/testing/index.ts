export {
  type ContractCase,
  type ContractSubject,
  trackerContract,
} from "./tracker-contract.ts";
