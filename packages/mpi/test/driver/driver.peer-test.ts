import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accLaunch, TRAIN, weightsIn } from "../acc-launch.ts";
import { type InstalledMpi, installedMpis, mpich } from "../installed-mpis.ts";
import { runJob, timedFromAction } from "../run-job.ts";
import { createTwoHosts, obstacleToHosts, type TwoHosts } from "../two-hosts.ts";

const test = suite("acc launch --mpi");
const here = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url));
if (installedMpis.length === 0) test.skip("no MPI is installed", () => {});

/** The variables of a shell in which the environment of this MPI is active. */
const active = ({ folder }: InstalledMpi): NodeJS.ProcessEnv => ({
  PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}`,
});

for (const mpi of installedMpis) {
  test(`${mpi.name}: prints the line and runs it`, async () => {
    const command = accLaunch(
      "--mpi",
      "--num-machines",
      "2",
      "--num-processes",
      "3",
      TRAIN,
      "mlp",
      "3",
    );
    const { code, output } = await runJob(mpi, 2, [], { command, env: active(mpi) });
    assert.is(code, 0, output);
    assert.match(
      output,
      /^acc: (hydra|Open MPI) 5\.0\.\d+: mpiexec .*-n 2 .*launch --num-processes=3/m,
    );
    assert.is(weightsIn(output).ranks, 3, output);
  });

  test(`${mpi.name}: starts again from the newest checkpoint, with the bits of a run that did not fail`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "acc-restart-"));
    try {
      const run = (name: string, failAt: number) => {
        const job = ["--mpi", "--num-machines", "2", "--num-processes", "2", "--max-restarts", "1"];
        const command = accLaunch(...job, here("resume"), join(folder, name), String(failAt));
        return runJob(mpi, 2, [], { command, env: active(mpi) });
      };
      const whole = await run("whole", 0);
      assert.is(whole.code, 0, whole.output);
      const { code, output } = await run("killed", 12);
      assert.is(code, 0, output);
      assert.match(output, /the run ended with exit code \d+; restart 1 of 1/);
      assert.match(output, /going on from checkpoint 1/);
      assert.equal(weightsIn(output), weightsIn(whole.output));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

for (const mpi of installedMpis)
  test(`${mpi.name}: ends when the acc that started it is killed`, async () => {
    const job = ["--mpi", "--num-machines", "2", "--num-processes", "2", "--max-restarts", "1"];
    const { output } = await runJob(mpi, 2, [], {
      command: accLaunch(...job, here("fail"), "none"),
      env: active(mpi),
      onOutput: (text, child) => text.includes("action") && child.kill("SIGKILL"),
    });
    assert.match(output, "action"); // nobody is left: runJob has looked
  });

if (mpich)
  test("SIGTERM saves a checkpoint on MPICH, which passes it on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "acc-term-"));
    let isTold = false;
    try {
      const job = ["--mpi", "--num-machines", "2", "--num-processes", "2"];
      const command = accLaunch(...job, here("resume"), folder, "0", "100000");
      const { code, output } = await runJob(mpich as InstalledMpi, 2, [], {
        command,
        env: active(mpich as InstalledMpi),
        onOutput: (text, child) => {
          if (isTold || !text.includes("action")) return;
          isTold = true; // a second signal would end it at once
          child.kill("SIGTERM");
        },
      });
      assert.is.not(code, 0, output);
      assert.match(output, "The run got SIGTERM and has saved");
      assert.ok(existsSync(join(folder, "checkpoints/latest.json")));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

const obstacle = obstacleToHosts();
if (obstacle) test.skip(`two hosts: skipped, ${obstacle}`, () => {});

/** The driver on the first host. */
function driven(hosts: TwoHosts, mpi: InstalledMpi, ...args: readonly string[]) {
  const command = accLaunch(
    "--mpi",
    "--hosts",
    hosts.names.join(","),
    "--num-processes",
    "2",
    ...args,
  );
  return { command: [...hosts.onFirst, ...command], env: { ...active(mpi), ...hosts.env } };
}

for (const mpi of obstacle ? [] : installedMpis) {
  test(`${mpi.name}: reaches another host`, async () => {
    const hosts = createTwoHosts();
    try {
      const { code, output } = await runJob(mpi, 2, [], driven(hosts, mpi, TRAIN, "mlp", "3"));
      assert.is(code, 0, output);
      assert.match(
        output,
        `acc: 2 replicas on 2 hosts: ${hosts.names[0]} (1), ${hosts.names[1]} (1)`,
      );
      assert.is(weightsIn(output).ranks, 2, output);
    } finally {
      hosts.remove();
    }
  });

  test(`${mpi.name}: ends when the wire is cut, though its launcher may not`, async () => {
    const hosts = createTwoHosts();
    try {
      const job = driven(hosts, mpi, "--timeout-ms", "3000", here("fail"), "none");
      let isCut = false;
      const { code, output, passed } = await timedFromAction((look) =>
        runJob(mpi, 2, [], {
          ...job,
          onOutput: (text) => {
            look(text);
            if (isCut || !text.includes("action")) return;
            isCut = true;
            hosts.cut();
          },
        }),
      );
      assert.is.not(code, 0, output);
      assert.match(output, /COLLECTIVE_TIMEOUT|MPI_FAILED|COLLECTIVE_ABORTED/);
      // The time limit; then what a host allows for its goodbye, the driver for its launcher.
      assert.ok(passed < 3 + 5 + 5 + 2 + 2, `${passed} s\n${output}`);
    } finally {
      hosts.remove();
    }
  });
}

test.run();
