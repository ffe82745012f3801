import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { scratch } from "./scratch-folder.ts";
import { smallTraining } from "./small-training.ts";

const test = suite("the manifest of a saved state");

type Text = { requires: string[]; writtenBy: Record<string, string> };
const manifestOf = (folder: string): Text =>
  JSON.parse(readFileSync(join(folder, "checkpoint.json"), "utf8"));

/** The warnings of a call. */
async function warningsOf(call: () => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  const listen = ({ message }: Error) => void found.push(message);
  process.on("warning", listen);
  try {
    await call();
    await new Promise((resolve) => setImmediate(resolve)); // warnings come a turn later
  } finally {
    process.off("warning", listen);
  }
  return found;
}

test("requires midWindow exactly while gradients wait", async () => {
  const folder = scratch();
  const training = await smallTraining({ options: { gradientAccumulationSteps: 2 } });
  const found: string[][] = [];
  for (let i = 0; i < 4; i++) {
    await training.accelerator.saveState(join(folder, String(i)), { wait: true });
    found.push(manifestOf(join(folder, String(i))).requires);
    await training.step();
  }
  assert.equal(found, [[], ["midWindow"], [], ["midWindow"]]);
});

test("another backend, processor or share of the cores is said once when it is loaded; nothing else is", async () => {
  const folder = join(scratch(), "c");
  const training = await smallTraining();
  await training.step();
  await training.accelerator.saveState(folder, { wait: true });
  const { accelerator } = training;
  const path = join(folder, "checkpoint.json");
  const manifest = manifestOf(folder);
  const load = (writtenBy: Record<string, string>) => {
    writeFileSync(path, JSON.stringify({ ...manifest, writtenBy }));
    return warningsOf(() => accelerator.loadState(folder));
  };
  assert.equal(await load(manifest.writtenBy), []);
  assert.equal(await load({}), [], "what an older version did not write is not compared");
  const other = { ...manifest.writtenBy, backend: "onnx", cpu: "Z80", cores: "512" };
  const [notice = "", ...more] = await load({ ...other, node: "1.2.3" });
  assert.equal(more, []);
  assert.match(
    notice,
    /written with the backend onnx, the processor Z80, 512 core\(s\) per replica, and this run has the backend cpu, /,
  );
  const [one = ""] = await load({ ...manifest.writtenBy, cpu: "Z80" });
  assert.match(one, /written with the processor Z80, and this run has the processor /);
  assert.not.match(one, /backend|cores? per/);
});

test.run();
