import { execFile } from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { FAULTS, type FaultSubject, surviveFault, surviveKills } from "@acc/test-kit/faults/faults";
import { pythonOf } from "@acc/test-kit/peers/python";
import { type MlflowServer, startMlflowServer } from "@acc/test-kit/servers/mlflow-server";
import { suite } from "uvu";

const python = pythonOf("packages/trackers/mlflow/test/fixtures/requirements.txt");
const READER = fileURLToPath(new URL("fixtures/read_values.py", import.meta.url));
const TOKEN = "token-that-nobody-may-see";

const test = suite("MLflow when its server fails");
const run = python ? test : test.skip; // the installer has reported what could not be installed
let server: MlflowServer;

test.before(async () => {
  if (python) server = await startMlflowServer(python);
});
test.after(() => server?.remove());

/** Read by MLflow's own client. */
async function readAll(works: readonly string[]): Promise<number[][]> {
  const args = [READER, server.uri, ...works.map((work) => basename(work))];
  const { stdout } = await promisify(execFile)(python as string, args, { timeout: 100_000 });
  return JSON.parse(stdout) as number[][];
}

const subject = (): FaultSubject => ({
  ...{ tracker: "mlflow", folder: "mlflow", port: Number(new URL(server.uri).port) },
  env: (port) => ({
    MLFLOW_TRACKING_URI: `http://127.0.0.1:${port}`,
    MLFLOW_TRACKING_TOKEN: TOKEN, // this server accepts every client
  }),
  secrets: [TOKEN],
  read: async (work) => (await readAll([work]))[0] ?? [],
  readAll,
});

for (const fault of Object.keys(FAULTS)) {
  run(`a server that ${fault}: every value once`, async () => {
    await surviveFault(fault, subject());
  });
}

run("a script killed at 20 moments: every value of the journal once", () =>
  surviveKills(subject()),
);

test.run();
