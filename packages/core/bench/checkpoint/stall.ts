import { printStalls } from "./print-stalls.ts";

await printStalls(new URL("./stall-replica.ts", import.meta.url), "wasm");
