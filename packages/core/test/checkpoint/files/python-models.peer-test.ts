import { readdirSync } from "node:fs";
import { join } from "node:path";
import { MODEL_NAMES, OPTIMIZER_NAMES } from "@acc/test-kit/resume/models";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readTensors } from "../../../src/checkpoint/files/tensor-file.ts";
import { launch } from "../../../src/launch/launch.ts";
import { askPython, hasPython, summaryOf } from "./ask-python.ts";
import { scratch } from "./samples.ts";

const test = suite("checkpoints of trained models in Python");
const script = new URL("../fixtures/resume.ts", import.meta.url);
/** In the middle of a window, so that there are gradients, too. */
const saved = { saveAfter: 3, stopAfter: 3 };

if (hasPython) {
  test("every tensor file of every model, and of every optimizer, on two replicas", async () => {
    const folder = scratch();
    const calls = [
      ...MODEL_NAMES.map((model) => [{ model }, { folder: join(folder, model), ...saved }]),
      ...OPTIMIZER_NAMES.map((optimizer) => [
        { optimizer },
        { folder: join(folder, `with-${optimizer}`), ...saved },
      ]),
    ];
    await launch(script, { numProcesses: 2, args: [calls], timeoutMs: 200_000 });
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".safetensors"))
      .map((name) => join(folder, name));
    assert.ok(paths.length >= 2 * calls.length, `${paths}`);
    for (const [index, answer] of askPython(paths).entries()) {
      const path = paths[index] as string;
      assert.is(answer.error, undefined, path);
      const { tensors } = await readTensors(path);
      assert.ok(tensors.size > 0, path);
      assert.equal(answer.tensors, summaryOf(tensors), path);
    }
  });
} else {
  console.log("Skipped: 1. Install the peers with npm run test:peers.");
}

test.run();
