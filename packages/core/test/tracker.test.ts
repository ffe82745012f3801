/** `@acc/core/tracker`, which the threads of trackers and `acc sync` import. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as core from "../src/index.ts";
import * as tracker from "../src/tracker.ts";

const test = suite("@acc/core/tracker");

test("has the very objects of @acc/core", () => {
  const all: Record<string, unknown> = core;
  assert.ok(Object.keys(tracker).includes("registerTracker"));
  for (const [name, value] of Object.entries(tracker)) assert.is(all[name], value, name);
});

test("loads no TensorFlow.js, also with the tracker that was built on it", () => {
  const code = `
    import { createRequire } from "node:module";
    await import("@acc/core/tracker");
    for (const name of process.argv.slice(1)) await import(name);
    const loaded = Object.keys(createRequire(process.cwd() + "/x").cache);
    console.log(loaded.filter((path) => path.includes("tensorflow")).length, "of TensorFlow.js");
  `;
  const trackers = [
    "aim",
    "clearml",
    "comet-ml",
    "dvclive",
    "mlflow",
    "swanlab",
    "tensorboard",
    "trackio",
    "wandb",
  ];
  for (const [modules, expected] of [
    [trackers.map((name) => `../trackers/${name}/dist/index.js`), "0 of TensorFlow.js\n"],
    [["@acc/core"], "1 of TensorFlow.js\n"],
  ] as const) {
    const urls = modules.map((name) =>
      name.startsWith(".") ? new URL(`../../core/${name}`, import.meta.url).href : name,
    );
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module", "--eval", code, ...urls],
      { cwd: fileURLToPath(new URL("..", import.meta.url)), encoding: "utf8", timeout: 120_000 },
    );
    assert.is(stdout, expected, stderr);
  }
});

test.run();
