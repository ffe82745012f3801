import { printStalls } from "../../core/bench/checkpoint/print-stalls.ts";

await printStalls(new URL("./stall-replica.ts", import.meta.url), "onnx");
