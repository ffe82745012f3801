import { readFileSync } from "node:fs";
import { watchFunctions } from "@acc/test-kit/replaced-functions";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("importing the package");

/** The names in the list item of the README that begins with `start`. */
function documented(start: string): string[] {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, item] = readme.split(`\n- ${start}`);
  assert.ok(item, `the README has no item "${start}"`);
  const [text = ""] = item.split(/\n(?:- |\n)/);
  return [...text.matchAll(/`((?:engine|fused|Tensor\.prototype)\.\w+|[A-Z]\w+)`/g)]
    .map(([, name]) => name as string)
    .sort();
}

test("it and the first prepare replace what the README names", async () => {
  const changes = watchFunctions(tf);
  const fileHandlers = () => [
    tf.io.getSaveHandlers("file://folder").length,
    tf.io.getLoadHandlers("file://folder").length,
  ];
  assert.equal(fileHandlers(), [0, 0]);

  const { Accelerator } = await import("@acc/core");
  const onImport = documented("On import");
  assert.ok(onImport.length > 0);
  assert.equal(changes(), onImport);
  assert.equal(fileHandlers(), [1, 1]);

  const accelerator = new Accelerator({ backend: "cpu" });
  assert.equal(changes(), onImport, "the constructor replaces something");

  await accelerator.prepare(
    tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 1 })] }),
    tf.train.sgd(0.1),
  );
  const onPrepare = documented("On the first `prepare`");
  assert.ok(onPrepare.length > 0);
  assert.equal(changes(), onPrepare);
});

test.run();
