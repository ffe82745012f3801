import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator } from "../../src/index.ts";

const test = suite("helpers that newer Node.js no longer has");

const helpers = util as unknown as Record<string, ((value: unknown) => boolean) | undefined>;
const REMOVED = Number(process.versions.node.split(".")[0]) >= 23;

test("Node.js is left alone without tfjs-node", () => {
  new Accelerator();
  assert.is(helpers.isNullOrUndefined === undefined, REMOVED);
});

test("tfjs-node finds them once there is an accelerator, if the script loaded it by itself", () => {
  tf.registerBackend("tensorflow", tf.findBackendFactory("cpu")); // under the name that tfjs-node registers
  new Accelerator();
  const values = [null, undefined, 0, "", [], {}];
  assert.equal(
    values.map((value) => helpers.isNullOrUndefined?.(value)),
    [true, true, false, false, false, false],
  );
  assert.equal(
    values.map((value) => helpers.isArray?.(value)),
    [false, false, false, false, true, false],
  );
});

test.run();
