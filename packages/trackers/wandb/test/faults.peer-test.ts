import { basename } from "node:path";
import { FAULTS, type FaultSubject, surviveFault, surviveKills } from "@acc/test-kit/faults/faults";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Stub, type StubRun, startStub } from "./fixtures/vectors/stub.mjs";
import { looseParse } from "./read-run.ts";

const KEY = "5ecre7".repeat(7).slice(0, 40);

const test = suite("W&B when its service fails");
let stub: Stub;

test.before(async () => {
  stub = await startStub();
});
test.after(() => stub.close());

/** The values of the one run of the project. */
function read(work: string): number[] {
  const prefix = `acc/${basename(work)}/`;
  const paths = Object.keys(stub.state.runs).filter((path) => path.startsWith(prefix));
  assert.is(paths.length, 1);
  const { history, offsetErrors, complete } = stub.state.runs[paths[0] ?? ""] as StubRun;
  assert.equal([offsetErrors, complete], [[], true]);
  return history.map((line) => (looseParse(line) as { value: number }).value);
}

const subject = (): FaultSubject => ({
  ...{ tracker: "wandb", folder: "wandb", port: stub.port, secrets: [KEY], read },
  options: () => ({ apiKey: KEY }),
  killSpanMs: 1800, // it sends once per second
  env: (port) => ({ WANDB_BASE_URL: `http://127.0.0.1:${port}`, WANDB_API_KEY: KEY }),
});

for (const fault of Object.keys(FAULTS)) {
  test(`a service that ${fault}: every value once`, () => surviveFault(fault, subject()));
}

test("a script killed at 20 moments: every value of the journal once", () =>
  surviveKills(subject()));

test.run();
