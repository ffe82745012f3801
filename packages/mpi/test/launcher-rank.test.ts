import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launcherRank } from "../src/launcher-rank.ts";

const test = suite("launcherRank");

test("reads what hydra, Open MPI and Slurm say", () => {
  assert.equal(launcherRank({ PMI_RANK: "1", PMI_SIZE: "4" }), {
    ...{ family: "mpich", rank: 1, size: 4 },
  });
  const openMpi = { OMPI_COMM_WORLD_RANK: "0", OMPI_COMM_WORLD_SIZE: "2", PMIX_RANK: "0" };
  assert.equal(launcherRank(openMpi), { family: "openmpi", rank: 0, size: 2 });
  assert.equal(launcherRank({ PMIX_RANK: "2", SLURM_STEP_NUM_TASKS: "3" }), {
    ...{ family: "openmpi", rank: 2, size: 3 },
  });
});

test("says nothing of a process that no launcher has started, or whose variables do not fit together", () => {
  assert.is(launcherRank({}), undefined);
  assert.is(launcherRank({ SLURM_STEP_NUM_TASKS: "3" }), undefined);
  for (const [rank, size] of [
    ["0", ""],
    ["x", "2"],
    ["-1", "2"],
    ["2", "2"],
    ["0", "1e3"],
    ["0.5", "2"],
  ])
    assert.is(launcherRank({ PMI_RANK: rank, PMI_SIZE: size }), undefined, `${rank} of ${size}`);
});

test.run();
