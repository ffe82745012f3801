/**
 * Runs one scenario of `vectors/calls.json` with the public API in the working directory; the recorded runs used
 * Accelerate. Its arguments are the tracker and the scenario; forked, it sends the calls that threw to its parent.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Accelerator, AcceleratorError, type ImageData } from "@acc/core";
import { decodeValue, parseExactly, stack } from "./values.ts";

type Call = { readonly op: string; readonly method: string; readonly [key: string]: unknown };
type Scenario = { readonly id: string; readonly config: unknown; readonly calls: readonly Call[] };

const [tracker = "", id] = process.argv.slice(2);
const text = readFileSync(new URL("vectors/calls.json", import.meta.url), "utf8");
const { project, scenarios } = parseExactly(text) as {
  project: string;
  scenarios: readonly Scenario[];
};
const scenario = scenarios.find((one) => one.id === id) as Scenario;
const folder = tracker.replaceAll("_", "-");
await import(new URL(`../../../trackers/${folder}/dist/index.js`, import.meta.url).href);

const errors: Record<string, string> = {};
const attempt = async (name: string, call: () => unknown): Promise<void> => {
  try {
    await call();
  } catch (error) {
    errors[name] =
      error instanceof AcceleratorError ? `${error.code}: ${error.message}` : String(error);
  }
};

/** The media methods of Accelerate's trackers, as calls of our accelerator. */
// biome-ignore lint/suspicious/noExplicitAny: arguments of recorded calls
const mediaMethods: { readonly [method: string]: (...args: any[]) => void } = {
  log_images: (values, { step } = {}) => {
    const images = Object.entries(values).map(([key, value]) => [key, imageOf(value)]);
    accelerator.logImages(Object.fromEntries(images), { step });
  },
  log_table: (name, { columns, data, step } = {}) => {
    // Without columns ClearML takes the first row for them.
    const table = { columns: columns ?? data?.[0], rows: columns ? data : data?.slice(1) };
    accelerator.logTable({ [name]: table }, { step });
  },
  log_figure: (path, name) => accelerator.logArtifact(path, { name }),
  log_artifact: (path, { artifact_path: parent } = {}) =>
    accelerator.logArtifact(path, parent ? { name: `${parent}/${basename(path)}` } : {}),
  log_artifacts: (path, { artifact_path: name } = {}) => accelerator.logArtifact(path, { name }),
};

/** Lists of images become a batch; a caption, the second of a pair, has no place in our images. */
function imageOf(value: unknown): ImageData {
  if (!Array.isArray(value)) return value as ImageData;
  return typeof value[1] === "string" ? value[0] : stack(value);
}

const config = decodeValue(scenario.config);
let accelerator: Accelerator;
await attempt("Accelerator", () => {
  accelerator = new Accelerator({ logWith: tracker, projectDir: join(process.cwd(), "proj") });
});
await attempt("init_trackers", () => accelerator.initTrackers(project, { config }));
let isEnded = false;
for (const [index, call] of scenario.calls.entries()) {
  const options = "step" in call ? { step: decodeValue(call.step) } : {};
  if (call.op === "log") {
    await attempt(`log ${index}`, () => accelerator.log(decodeValue(call.values), options));
  } else if (call.op === "log_then_mutate") {
    const values = decodeValue(call.values);
    await attempt(`log ${index}`, () => {
      accelerator.log(values, options);
      Object.assign(values, decodeValue(call.mutate));
      values.d.a = 99.5;
      Object.assign(config, { lr: 77 });
      config.d.a = 77;
    });
  } else if (call.op === "end_training") {
    await attempt(`end_training ${index}`, () => accelerator.endTraining());
    isEnded = true;
  } else {
    const method = mediaMethods[call.method] as (...args: unknown[]) => void;
    await attempt(`${call.method} ${index}`, () =>
      method(...decodeValue(call.args), decodeValue(call.kwargs)),
    );
  }
}
if (!isEnded) await attempt("end_training", () => accelerator.endTraining());
process.send?.(errors, () => process.disconnect());
