import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AcceleratorError } from "../../src/errors.ts";
import { resolveLaunch } from "../../src/launch/launch-options.ts";
import { labelled } from "../../src/progress/labelled.ts";

const options = suite("options of hosts");

const script = fileURLToPath(import.meta.url);
const hosts = {
  ...{ host: 1, hosts: 2, name: "b", names: ["a", "b"], replicasOf: [3, 2] },
  transport: { module: "file:///transport.js", data: null },
};

options("a launch on one host of several runs the replicas that the hosts give it", () => {
  assert.is(resolveLaunch(script, { hosts }).numProcesses, 2);
  assert.is(resolveLaunch(script, { hosts, numProcesses: 2 }).numProcesses, 2);
});

const WRONG: readonly (readonly [what: string, hosts: object, message: RegExp])[] = [
  ["no list", [], /hosts must be an object/],
  ["a host that is not there", { ...hosts, host: 2 }, /hosts\.host must be below hosts/],
  ["a negative host", { ...hosts, host: -1 }, /host must be/],
  ["one host", { ...hosts, hosts: 1 }, /hosts must be/],
  ["too few names", { ...hosts, names: ["a"] }, /names must have the name of each of the 2 hosts/],
  ["a host without replicas", { ...hosts, replicasOf: [3, 0] }, /replicasOf must have the number/],
  ["a number of replicas that is none", { ...hosts, replicasOf: [3, Number.NaN] }, /replicasOf/],
  ["too few numbers", { ...hosts, replicasOf: [3] }, /replicasOf must have the number/],
  ["no numbers", { ...hosts, replicasOf: null }, /replicasOf must have the number/],
  ["no transport", { ...hosts, transport: undefined }, /transport/],
  ["a module that is no text", { ...hosts, transport: { module: 1, data: 0 } }, /module must be/],
  ["a name that does not exist", { ...hosts, numHosts: 2 }, /numHosts/],
];

for (const [what, given, message] of WRONG) {
  options(`${what} is an error before anything is started`, () => {
    try {
      resolveLaunch(script, { hosts: given as typeof hosts });
    } catch (error) {
      assert.is((error as AcceleratorError).code, "OPTION_INVALID");
      assert.match((error as AcceleratorError).message, message);
      return;
    }
    assert.unreachable("it was taken");
  });
}

options("a number of replicas that is not that of this host is an error", () => {
  assert.throws(
    () => resolveLaunch(script, { hosts, numProcesses: 5 }),
    (error: AcceleratorError) =>
      error.code === "NUM_PROCESSES_INVALID" && /gives host 1 2 replicas/.test(error.message),
  );
});

options("each line of a labelled stream has its label", () => {
  const written: unknown[] = [];
  const stream = labelled({ write: (text) => written.push(text) }, "b");
  stream.write("one\ntwo\n");
  stream.write("\n");
  stream.write(Buffer.from("three"));
  assert.equal(written, ["[b] one\n[b] two\n", "[b] \n", "[b] three"]);
});

options.run();
