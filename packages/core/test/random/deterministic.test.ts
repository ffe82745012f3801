import { suite } from "@acc/test-kit/suite";
import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import { noteUsedBackend } from "../../src/backend/determinism.ts";
import { Accelerator, type AcceleratorError, setSeed } from "../../src/index.ts";
import { launchCalls } from "../launch/launch-calls.ts";

const test = suite("setSeed with deterministic");
const script = new URL("./fixtures/train-deterministic.ts", import.meta.url);

test.slow("the same program gives the same bits in every run, on three replicas", async () => {
  const calls = ["wasm", "wasm", "cpu"].map((backend) => [backend]);
  const [first, second, cpu] = await launchCalls<string>(script, 3, calls);
  assert.is(new Set(first).size, 1, "on every rank");
  assert.equal(second, first);
  assert.is(new Set(cpu).size, 1);
});

test("a backend that may give other bits is refused, before and after it is chosen", async () => {
  const { TF_DETERMINISTIC_OPS: before } = process.env;
  delete process.env.TF_DETERMINISTIC_OPS;
  const refused = (error: AcceleratorError) =>
    error.code === "OPTION_INVALID" && /TF_DETERMINISTIC_OPS=1/.test(error.message);
  try {
    setSeed(1, { deterministic: true });
    assert.throws(() => noteUsedBackend("tensorflow"), refused);
    const drawn = Math.random();
    assert.throws(() => setSeed(1, { deterministic: true }), refused);
    assert.is.not(Math.random(), drawn, "what is refused seeds nothing");
    process.env.TF_DETERMINISTIC_OPS = "1";
    setSeed(1, { deterministic: true });
    delete process.env.TF_DETERMINISTIC_OPS;
    setSeed(1, { deterministic: false });
    setSeed(1);
    noteUsedBackend("tensorflow-gpu");
    // The next accelerator chooses another one.
    setSeed(1, { deterministic: false });
    await new Accelerator({ backend: "cpu" }).prepare({ w: tf.variable(tf.scalar(0)) });
    setSeed(1, { deterministic: true });
  } finally {
    setSeed(1, { deterministic: false });
    if (before !== undefined) process.env.TF_DETERMINISTIC_OPS = before;
  }
});

test("anything but a boolean is refused", () => {
  assert.throws(
    () => setSeed(1, { deterministic: "yes" } as never),
    (error: AcceleratorError) => error.code === "OPTION_INVALID",
  );
});

test.run();
