import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accLaunch } from "./acc-launch.ts";
import { installedMpis } from "./installed-mpis.ts";
import { nodeCommand, runJob, timedFromAction as timed } from "./run-job.ts";

const test = suite("programs that launch on hosts, and launchers");
const here = (name: string): string =>
  fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
/** How long a job may last behind a failure. */
const MARGIN_S = 5;
if (installedMpis.length === 0) test.skip("no MPI is installed", () => {});

for (const mpi of installedMpis) {
  for (const [action, exitCode] of [
    ["exit", 70],
    ["exit-5", 5],
    ["throw", 1],
  ] as const)
    test(`${mpi.name}: a program does ${action} on its main thread in the middle of a run`, async () => {
      const { code, output, passed } = await timed((onOutput) =>
        runJob(mpi, 2, nodeCommand(here("program"), "during", action), { onOutput }),
      );
      assert.is(code, exitCode, output);
      if (action === "throw") assert.match(output, "Error: thrown by the program\n    at ");
      assert.ok(passed < MARGIN_S, `${passed} s`);
    });

  test(`${mpi.name}: a program launches twice, and ends well on hosts of unequal speed`, async () => {
    const { code, output } = await runJob(mpi, 2, nodeCommand(here("program"), "after", "exit"));
    assert.is(code, 0, output);
    assert.match(output, /launch has returned 1 results/);
    assert.is(output.split("the program has ended").length - 1, 1, output); // the other one called process.exit
  });

  test(`${mpi.name}: other scripts on the hosts`, async () => {
    const shell = `[ "$\{PMI_RANK:-$OMPI_COMM_WORLD_RANK}" = 0 ] && s=${here("fail")} || s=${here("train")}; exec "$@" $s`;
    const program = ["bash", "-c", shell, "bash", ...accLaunch("--num-processes", "2")];
    const { code, output } = await runJob(mpi, 2, program);
    assert.is.not(code, 0, output);
    assert.match(output, /\[HOSTS_DIFFER\] .*the script/);
  });

  test(`${mpi.name}: a process ends before it has joined the others`, async () => {
    const shell = `[ "$\{PMI_RANK:-$OMPI_COMM_WORLD_RANK}" = 1 ] && exit 3; exec "$@"`;
    const command = accLaunch("--num-processes", "2", "--timeout-ms", "3000", here("train"));
    const timeoutMs = (3 + MARGIN_S) * 1000;
    const program = ["bash", "-c", shell, "bash", ...command];
    const { code, output } = await runJob(mpi, 2, program, { timeoutMs });
    assert.is.not(code, 0, output);
    // A launcher may stay by itself, as Open MPI's once in some hundred jobs: `acc launch --mpi` ends it. A process of ours may not.
    assert.not.match(output, /Killed.* [1-9]\d* processes were left/);
  });

  test(`${mpi.name}: the launcher is killed`, async () => {
    const { output } = await runJob(
      mpi,
      2,
      accLaunch("--num-processes", "2", here("fail"), "none"),
      {
        onOutput: (text, child) => text.includes("action") && child.kill("SIGKILL"),
      },
    );
    assert.match(output, "action"); // nobody is left: runJob has looked
  });
}

test.run();
