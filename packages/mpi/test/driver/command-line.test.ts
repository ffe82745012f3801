import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launcherArguments, shellText } from "../../src/driver/command-line.ts";
import { recogniseProgram } from "../../src/driver/mpi-program.ts";

const test = suite("the command line of a launcher");

const HYDRA =
  "HYDRA build details:\n    Version:                                 5.0.2\n    Release Date: x\n";
const job = { hosts: ["a", "b"], numMachines: 2, program: ["node", "acc", "launch", "train.ts"] };

function lineOf(version: string, isRoot = false, environment = {}, changes = {}): string {
  const program = recogniseProgram("mpiexec", version);
  assert.ok(program, version);
  return launcherArguments(program, { ...job, ...changes }, environment, isRoot).join(" ");
}

test("launchers are told apart by what they say of themselves", () => {
  const kind = (text: string) => recogniseProgram("mpiexec", text)?.kind;
  assert.is(kind(HYDRA), "hydra");
  assert.is(kind("Intel(R) MPI Library for Linux* OS, Version 2021.18 Build 1"), "hydra");
  assert.is(kind("mpiexec (Open MPI) 5.0.11\n\nReport bugs"), "openmpi5");
  assert.is(kind("mpirun (Open MPI) 4.1.4"), "openmpi4");
  assert.is(kind("mpiexec (OpenRTE) 4.1.4"), "openmpi4");
  assert.is(kind("bash: no such thing"), undefined);
  assert.is(kind(""), undefined);
});

test("hydra gets one process on each host, bound to no core", () => {
  assert.is(lineOf(HYDRA), "-hosts a,b -ppn 1 -bind-to none -n 2 node acc launch train.ts");
  const local = lineOf(HYDRA, false, {}, { hosts: undefined });
  assert.is(local, "-bind-to none -n 2 node acc launch train.ts");
});

test("Open MPI also gets the limits for our chunks, and the variables that it must pass", () => {
  const environment = {
    ACC_X: "1",
    HOME: "/",
    WANDB_API_KEY: "s3cret",
    ACC_SUPERVISED: "1",
    PATH: "",
  };
  for (const version of ["mpiexec (Open MPI) 5.0.11", "mpiexec (OpenRTE) 4.1.4"]) {
    const line = lineOf(version, false, environment);
    assert.match(line, "--host a:1,b:1 --map-by ppr:1:node --bind-to none");
    assert.match(line, "--mca btl_tcp_eager_limit 1048576 --mca btl_tcp_rndv_eager_limit 1048576");
    assert.match(line, "-x ACC_X -x WANDB_API_KEY -n 2 node");
    assert.not.match(line, /s3cret|HOME|SUPERVISED|run-as-root/);
  }
  assert.match(lineOf("mpiexec (Open MPI) 5.0.11", true), /^--allow-run-as-root /);
});

test("the line that is printed can be pasted into a shell", () => {
  assert.is(
    shellText(["mpiexec", "-n", "2", "a b", "it's", ""]),
    `mpiexec -n 2 'a b' 'it'\\''s' ''`,
  );
});

test.run();
