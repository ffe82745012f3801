import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AimServer } from "@acc/test-kit/servers/aim-server";
import { freePort } from "@acc/test-kit/servers/free-port";
import { type MlflowServer, startMlflowServer } from "@acc/test-kit/servers/mlflow-server";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pythonFor, READERS, type ReadValues } from "./read-trackers.ts";
import { acc, runIn } from "./run-in.ts";

const test = suite("all trackers at once");
const SCRIPT = "test/fixtures/train-with-all-trackers.ts";
const TRACKERS = Object.keys(READERS);
/** The time limit for a server that is up, on a busy machine. */
const PATIENT_MS = 30_000;
/** How long a script waits for a server that is down. */
const IMPATIENT_MS = 8000;

/** An address without a server stands for one that is not installed: its values are kept, and nobody reads them. */
const nobody = `127.0.0.1:${await freePort()}`;
let mlflow: MlflowServer | undefined;
let aim: AimServer | undefined;

test.before(async () => {
  const mlflowPython = pythonFor("mlflow");
  [mlflow, aim] = await Promise.all([
    mlflowPython ? startMlflowServer(mlflowPython) : undefined,
    pythonFor("aim") ? AimServer.start() : undefined,
  ]);
});
test.after(async () => {
  await Promise.all([mlflow?.remove(), aim?.kill()]);
});

/** What the script has logged, as it printed it. */
type Trained = { readonly folder: string; readonly logged: ReadValues; readonly output: string };

async function train(numProcesses: number | undefined, timeoutMs: number): Promise<Trained> {
  const folder = mkdtempSync(join(tmpdir(), "acc-all-trackers-"));
  const mlflowUri = mlflow?.uri ?? `http://${nobody}`;
  const args = [mlflowUri, aim?.url ?? `aim://${nobody}`, String(timeoutMs)];
  const { code, output } = await runIn(folder, SCRIPT, numProcesses, args);
  assert.is(code, 0, output);
  const { losses } = JSON.parse(/^\{"losses".*$/m.exec(output)?.[0] ?? "{}");
  assert.is(losses?.length, 20, output);
  const accuracy = Array.from({ length: 20 }, (_, step) => step / 32);
  return { folder, output, logged: { loss: losses, accuracy, learningRate: 0.0625 } };
}

/** One test a reader, so that those that are not installed are counted as skipped. */
function testReaders(when: string, trackers: readonly string[], of: () => Trained): void {
  for (const tracker of trackers) {
    const run = pythonFor(tracker) ? test : test.skip; // the installer has reported what could not be installed
    run(`${when}: ${tracker} holds what was logged`, async () => {
      const { folder, logged } = of();
      const place = { folder, mlflow: mlflow?.uri ?? "", aimRepo: aim?.repo ?? "" };
      assert.equal(await READERS[tracker]?.(place), logged);
    });
  }
}

const trained: { [when: string]: Trained } = {};
const trainedWhen = (when: string) => (): Trained => {
  const found = trained[when];
  if (!found) throw new Error("the training failed");
  return found;
};

test("one run of one script", async () => {
  trained.alone = await train(undefined, PATIENT_MS);
  if (mlflow && aim) assert.not.match(trained.alone.output, "Warning");
});
testReaders("one run", TRACKERS, trainedWhen("alone"));

test("one run of two replicas", async () => {
  trained.launched = await train(2, PATIENT_MS);
});
testReaders("two replicas", TRACKERS, trainedWhen("launched"));

for (const dead of ["mlflow", "aim"]) {
  const run = pythonFor(dead) ? test : test.skip;
  const when = `without ${dead}'s server`;
  run(`${when}, training goes on`, async () => {
    await (dead === "mlflow" ? mlflow : aim)?.kill();
    trained[when] = await train(undefined, IMPATIENT_MS);
    assert.match(trained[when].output, `The tracker "${dead}" lacks`);
  });
  if (pythonFor(dead) === undefined) continue;
  testReaders(
    when,
    TRACKERS.filter((tracker) => tracker !== dead),
    trainedWhen(when),
  );
  run(`${when}, acc sync delivers once it is up`, async () => {
    await (dead === "mlflow" ? mlflow?.restart() : aim?.start());
    const { code, output } = await acc(trainedWhen(when)().folder, "sync", "runs");
    assert.is(code, 0, output);
  });
  testReaders(`${when}, after acc sync`, TRACKERS, trainedWhen(when));
}

test.run();
