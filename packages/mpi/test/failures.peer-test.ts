import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accLaunch } from "./acc-launch.ts";
import { installedMpis } from "./installed-mpis.ts";
import { runJob, timedFromAction as timed } from "./run-job.ts";
import { createTwoHosts, jobOnHosts, obstacleToHosts } from "./two-hosts.ts";

const test = suite("a job that fails ends as a whole");
const here = (name: string): string =>
  fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
/** Time limit of collectives, and how much longer the job may last. */
const LIMIT_S = 3;
const MARGIN_S = 5;
if (installedMpis.length === 0) test.skip("no MPI is installed", () => {});

type Expected = { readonly says: RegExp; readonly waits?: boolean };

const ACTIONS: Readonly<Record<string, Expected>> = {
  throw: { says: /Replica 1 .*failed: boom/ },
  exit: { says: /COLLECTIVE_RANK_ENDED|rank 1 .*has ended/i },
  mismatch: { says: /COLLECTIVE_MISMATCH.*gather\(float32\[2\]\).*gather\(float32\[3\]\)/ },
  kill: { says: /action/ },
  stop: { says: /COLLECTIVE_TIMEOUT/, waits: true },
};

const program = (action: string): string[] =>
  accLaunch("--num-processes", "2", "--timeout-ms", String(LIMIT_S * 1000), here("fail"), action);

for (const mpi of installedMpis)
  for (const [action, { says, waits }] of Object.entries(ACTIONS))
    test(`${mpi.name}: ${action}`, async () => {
      const { code, output, passed } = await timed((onOutput) =>
        runJob(mpi, 2, program(action), { onOutput }),
      );
      assert.is.not(code, 0, output);
      assert.is.not(code, null, output);
      assert.match(output, says);
      assert.ok(passed < (waits ? LIMIT_S : 0) + MARGIN_S, `${passed} s\n${output}`);
    });

const obstacle = obstacleToHosts();
if (obstacle) test.skip(`two hosts: skipped, ${obstacle}`, () => {});
for (const mpi of obstacle ? [] : installedMpis)
  for (const action of ["throw", "kill", "stop"])
    test(`${mpi.name} on two hosts: ${action}`, async () => {
      const hosts = createTwoHosts();
      try {
        const { says, waits } = ACTIONS[action] as Expected;
        const { code, output, passed } = await timed((onOutput) =>
          runJob(mpi, 2, [], {
            command: jobOnHosts(mpi, hosts, program(action)),
            env: hosts.env,
            onOutput,
          }),
        );
        assert.is.not(code, 0, output);
        assert.match(output, says);
        assert.ok(passed < (waits ? LIMIT_S : 0) + MARGIN_S, `${passed} s\n${output}`);
      } finally {
        hosts.remove();
      }
    });

test.run();
