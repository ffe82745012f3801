import { availableParallelism } from "node:os";

/** Set by the host of several replicas to what is each one's share of the cores. */
const VARIABLE = "ACC_ONNX_THREADS";

/** Threads that ONNX Runtime splits one operation over. */
export function threadsPerOperation(): number {
  const share = Number(process.env[VARIABLE]);
  return Number.isInteger(share) && share > 0 ? share : availableParallelism();
}
