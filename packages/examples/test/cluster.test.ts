import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { FOLDER } from "./run-in.ts";

const test = suite("examples for clusters");
const textOf = (name: string): string => readFileSync(join(FOLDER, "cluster", name), "utf8");

/** The members of an MPIJob of version v2beta1 that the example may have, by their place. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  "": ["apiVersion", "kind", "metadata", "spec"],
  spec: ["slotsPerWorker", "mpiImplementation", "sshAuthMountPath", "runPolicy", "mpiReplicaSpecs"],
  "spec.runPolicy": ["cleanPodPolicy", "backoffLimit"],
  "spec.mpiReplicaSpecs": ["Launcher", "Worker"],
  "spec.mpiReplicaSpecs.Launcher": ["replicas", "restartPolicy", "template"],
  "spec.mpiReplicaSpecs.Worker": ["replicas", "template"],
};
const CONTAINER = ["name", "image", "securityContext", "workingDir", "command", "args"];
const PROBES = ["readinessProbe", "resources"];

type Tree = { readonly [name: string]: Tree };

function at(tree: Tree, path: string): Tree {
  return path.split(".").reduce((node, name) => (name === "" ? node : (node[name] ?? {})), tree);
}

test("the manifest for Kubernetes has the members of an MPIJob, and no others", () => {
  const job = parse(textOf("kubernetes.yaml")) as Tree;
  assert.is(job.apiVersion, "kubeflow.org/v2beta1");
  assert.is(job.kind, "MPIJob");
  for (const [path, known] of Object.entries(MEMBERS)) {
    const unknown = Object.keys(at(job, path)).filter((name) => !known.includes(name));
    assert.equal(unknown, [], path);
  }
});

test("it starts one process in each worker, and counts the replicas of both", () => {
  const job = parse(textOf("kubernetes.yaml")) as {
    spec: {
      slotsPerWorker: number;
      mpiReplicaSpecs: Record<
        "Launcher" | "Worker",
        {
          replicas: number;
          template: { spec: { containers: [Record<string, unknown> & { args: string[] }] } };
        }
      >;
    };
  };
  const { slotsPerWorker, mpiReplicaSpecs } = job.spec;
  const { Launcher, Worker } = mpiReplicaSpecs;
  const [launcher] = Launcher.template.spec.containers;
  const [worker] = Worker.template.spec.containers;
  for (const container of [launcher, worker])
    assert.equal(
      Object.keys(container).filter((name) => ![...CONTAINER, ...PROBES].includes(name)),
      [],
    );
  const after = (option: string): string => launcher.args[launcher.args.indexOf(option) + 1] ?? "";
  assert.is(slotsPerWorker, 1);
  assert.is(after("-n"), String(Worker.replicas));
  const { limits } = worker.resources as { limits: { cpu: string } };
  assert.is(Number(after("--num-processes")), Worker.replicas * Number(limits.cpu));
  assert.is(worker.image, launcher.image);
  assert.ok(launcher.args.every((argument) => typeof argument === "string"));
});

test("the script for Slurm can be parsed, and asks for one task on each node", () => {
  const script = textOf("slurm.sh");
  const checked = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
  assert.is(checked.status, 0, checked.stderr);
  const options = [...script.matchAll(/^#SBATCH --([\w-]+)=(.+)$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  const known = ["job-name", "nodes", "ntasks-per-node", "cpus-per-task", "time", "signal"];
  const { "ntasks-per-node": tasks, ...others } = Object.fromEntries(options);
  assert.is(tasks, "1");
  assert.equal(
    Object.keys(others).filter((name) => ![...known, "open-mode"].includes(name)),
    [],
  );
  assert.match(script, /^srun .*--cpu-bind=none/m);
});

test.run();
