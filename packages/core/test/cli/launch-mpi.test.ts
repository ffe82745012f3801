import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launchedTogether } from "../../src/launched-together.ts";
import { runAcc } from "./run-acc.ts";

const test = suite("acc launch on several hosts, where no MPI is");
const cwd = mkdtempSync(join(tmpdir(), "acc-no-mpi-"));
const script = join(cwd, "script.mjs");
writeFileSync(script, "console.log('it runs');\n");
test.after(() => rmSync(cwd, { recursive: true }));

test("the number of processes that a launcher has started is in the environment", () => {
  assert.is(launchedTogether({}), 1);
  assert.is(launchedTogether({ PMI_SIZE: "3" }), 3);
  assert.is(launchedTogether({ OMPI_COMM_WORLD_SIZE: "2", PMIX_RANK: "0" }), 2);
  assert.is(launchedTogether({ PMIX_RANK: "0", SLURM_STEP_NUM_TASKS: "4" }), 4);
  assert.is(launchedTogether({ SLURM_STEP_NUM_TASKS: "4" }), 1); // srun without MPI
  for (const size of ["", "1", "0", "-2", "x", "1.5"])
    assert.is(launchedTogether({ PMI_SIZE: size }), 1, size);
});

test("a process of several, and --mpi, say that there is no MPI", async () => {
  const PATH = cwd; // no mpiexec
  const runs = [
    runAcc(["launch", script], { cwd, env: { PATH, PMI_RANK: "0", PMI_SIZE: "2" } }),
    runAcc(["launch", "--mpi", "--hosts", "a,b", script], { cwd, env: { PATH } }),
  ];
  for (const { code, stdout, stderr } of await Promise.all(runs)) {
    assert.is(code, 1);
    assert.match(
      stderr,
      /\[MPI_UNAVAILABLE\] .*pip install mpich|\[MPI_UNAVAILABLE\] .*job of 1 processes/,
    );
    assert.is(stdout, "");
  }
});

test("hosts are chosen with --mpi only, and not by a process that mpiexec has started", async () => {
  const isHost = { PMI_RANK: "0", PMI_SIZE: "2" };
  const runs = [
    runAcc(["launch", "--hosts", "a,b", script], { cwd }),
    runAcc(["launch", "--num_machines", "2", script], { cwd }),
    runAcc(["launch", "--mpi", "--hosts", "a,b", script], { cwd, env: isHost }),
    runAcc(["launch", "--max-restarts", "1", script], { cwd, env: isHost }),
  ];
  for (const { code, stderr } of await Promise.all(runs)) {
    assert.is(code, 2, stderr);
    assert.match(stderr, "[OPTION_INVALID]");
  }
});

test.run();
