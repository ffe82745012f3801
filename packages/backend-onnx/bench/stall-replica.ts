/** The script of core, where this package is found. */
export { default } from "../../core/bench/checkpoint/stall-replica.ts";
