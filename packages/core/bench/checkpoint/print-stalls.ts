import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "../../src/index.ts";

/**
 * Prints two medians of alternating rounds, in milliseconds: a save of 96 MB on as many replicas as the first argument of the
 * program says, and a copy of 96 MB.
 *
 * @param script in the package where the backend is found.
 */
export async function printStalls(script: URL, backend: "wasm" | "onnx"): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "acc-bench-"));
  const [figures = []] = await launch<number[]>(script, {
    ...{ numProcesses: Number(process.argv[2]), args: [folder, backend] },
  });
  rmSync(folder, { recursive: true });
  console.log(...figures);
}
