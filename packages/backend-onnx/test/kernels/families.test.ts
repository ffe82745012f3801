import { readdirSync, readFileSync } from "node:fs";
import { getKernelsForBackend } from "@tensorflow/tfjs-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MACROS } from "../../src/macros/all-macros.ts";
import { KERNELS } from "../../src/register-all-kernels.ts";

const test = suite("families of kernels");

const NAMES = KERNELS.map(({ name }) => name);
const FOLDER = new URL("../../src/kernels/", import.meta.url);

test("no kernel is in two families", () => {
  const twice = NAMES.filter((name, i) => NAMES.indexOf(name) !== i);
  assert.equal(twice, []);
});

test("every kernel is one of tfjs, and every macro is not", () => {
  const known = new Set(getKernelsForBackend("cpu").map(({ kernelName }) => kernelName));
  assert.equal(
    NAMES.filter((name) => !known.has(name)),
    [],
  );
  assert.equal(
    MACROS.filter(({ name }) => known.has(name)),
    [],
  );
});

test("every kernel is found by its name, in one place", () => {
  const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => readFileSync(new URL(path, FOLDER), "utf8"));
  const text = files.join("\n");
  for (const name of NAMES) {
    // As a member of a definition, or as the first argument of what makes one; `graph.` adds ONNX nodes.
    const definitions = text.match(
      new RegExp(String.raw`(\bname: |(?<![.\w])[a-z]\w+\(\s*)"${name}"`, "gi"),
    );
    assert.is(definitions?.length, 1, name);
  }
});

test.run();
