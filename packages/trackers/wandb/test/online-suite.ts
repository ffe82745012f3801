import { suite, type Test } from "uvu";
import type { WandbOptions } from "../src/options.ts";
import { type Stub, type StubRun, startStub } from "./fixtures/vectors/stub.mjs";
import { looseParse } from "./read-run.ts";
import { Recording } from "./recording.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export const KEY = "0123456789abcdef0123456789abcdef01234567";

/** A suite whose tests have a stub server each, and none of the machine's settings. */
export function onlineSuite(title: string): Test<{ stub: Stub }> {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("WANDB_")) delete process.env[name];
  }
  const test = suite<{ stub: Stub }>(title);
  test.before.each(async (context) => {
    context.stub = await startStub();
  });
  test.after.each(({ stub }) => stub.close());
  return test;
}

/** A run that is recorded on the server. */
export function start(
  stub: Stub,
  options: WandbOptions = {},
  dir = temporaryFolder(),
): Promise<Recording> {
  const common = { baseUrl: stub.url, apiKey: KEY, id: "run1", transmitIntervalMs: 0 };
  return Recording.start(dir, { ...common, ...options });
}

/** The only run on the server. */
export function runOf(stub: Stub): StubRun {
  const [run, ...more] = Object.values(stub.state.runs);
  if (!run || more.length > 0) throw new Error(`${more.length + (run ? 1 : 0)} runs at the server`);
  return run;
}

/** Rows without their clock. */
export function rowsOf(stub: Stub): unknown[] {
  return runOf(stub).history.map((line) => {
    const { _timestamp, _runtime, ...row } = looseParse(line) as Record<string, unknown>;
    return row;
  });
}

/** A configuration, then two calls for each of ten steps. */
export function fill(recording: Recording): void {
  recording.post({ type: "config", values: { lr: 0.1, deep: { a: [1, null] } } });
  for (let step = 0; step < 10; step++) {
    recording.log({ m: step, nan: Number.NaN }, step);
    recording.log({ n: step });
  }
}

/** What `fill` leaves. */
export const FILLED_ROWS: readonly unknown[] = Array.from({ length: 10 }, (_, step) => ({
  ...{ m: step, nan: "NaN", n: step, _step: step },
}));
