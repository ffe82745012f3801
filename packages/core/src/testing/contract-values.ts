import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { awkwardValues } from "./awkward-values.ts";
import { type ContractSubject, openRun } from "./contract-subject.ts";
import { scratchFolder } from "./folders.ts";
import { logAllMedia } from "./media.ts";
import { HARD_KEYS, VALUES } from "./values.ts";

export async function takesEveryValue(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const accelerator = await openRun(subject, folder, [], VALUES);
  let step = 0;
  for (const [key, value] of Object.entries(VALUES)) {
    accelerator.log({ [key]: value, loss: step }, { step: step++ });
  }
  accelerator.log({ loss: step }); // without a step
  accelerator.log({ loss: step + 1 }, { step: 0 }); // a step back
  accelerator.log({ loss: step + 2 }, { step: 0 }); // the same again
  accelerator.log({});
  accelerator.logImages({ image: { data: new Float32Array(12), shape: [2, 2, 3] } }, { step });
  accelerator.logTable({ table: [{ a: 1, b: "x" }] }, { step });
  accelerator.logFigure({ curve: { data: [{ y: [1, Number.NaN, 2] }], layout: {} } }, { step });
  accelerator.logFigure({ spec: { mark: "bar", data: { values: [{ a: 1 }] } } });
  logAllMedia(accelerator, step);
  accelerator.logArtifact(fileURLToPath(import.meta.url), { name: "artifact" });
  await accelerator.endTraining();
  if (!subject.read) return;
  const read = await subject.read(folder, "loss");
  for (let value = 0; value < step; value++) {
    ok(read.includes(value), `the value of step ${value} is missing: ${read}`);
  }
}

export async function takesAwkwardValues(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const values = awkwardValues();
  const accelerator = await openRun(subject, folder, [], { ...values, lr: 0.1 });
  const keys = Object.keys(values);
  for (const [step, key] of keys.entries()) {
    accelerator.log({ [key]: values[key] as number, loss: step }, { step });
    await accelerator.getTracker(subject.name).log({ [key]: values[key] as number }, { step });
  }
  const step = keys.length;
  accelerator.log(JSON.parse(`{"__proto__": {"a": 1}, "loss": ${step}}`), { step });
  await accelerator.endTraining();
  if (!subject.read) return;
  const read = await subject.read(folder, "loss");
  const missing = [...keys, "__proto__"].filter((_, at) => !read.includes(at));
  deepStrictEqual(missing, [], "what was logged beside these values is lost");
}

export async function takesAnyKey(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const before = readdirSync(dirname(folder)).length;
  const accelerator = await openRun(subject, folder);
  let step = 0;
  for (const key of HARD_KEYS) accelerator.log({ [key]: 1, loss: step }, { step: step++ });
  await accelerator.endTraining();
  strictEqual(readdirSync(dirname(folder)).length, before, "it wrote beside the folder of the run");
  if (subject.read) {
    const expected = HARD_KEYS.map((_, index) => index);
    deepStrictEqual(await subject.read(folder, "loss"), expected);
  }
}
