import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type AcceleratorError, launch } from "@acc/core";
import type { Test } from "uvu";
import * as assert from "uvu/assert";

const script = new URL("../fixtures/fail-through-binding.ts", import.meta.url);

/** Tests that a replica's failure ends the other one, which computes through the binding, in each of some launches. */
export function testFailureBesideBinding(test: Test, numLaunches: number): void {
  const root = mkdtempSync(join(tmpdir(), "acc-onnx-"));
  test.after(() => rmSync(root, { recursive: true }));

  test("ends the other replica, which is in one of its calls, and not the process", async () => {
    mkdirSync(join(root, "node_modules"));
    const stock = dirname(dirname(createRequire(import.meta.url).resolve("onnxruntime-node")));
    symlinkSync(stock, join(root, "node_modules", "onnxruntime-node"));
    const from = pathToFileURL(join(root, "script.js")).href;
    for (let i = 0; i < numLaunches; i++) {
      const error = await launch(script, { numProcesses: 2, args: [from] }).then(
        () => undefined,
        (reason: AcceleratorError) => reason,
      );
      assert.is(error?.rank, 1, error?.message);
      assert.match(error?.message ?? "", "it fails");
    }
  });
}
