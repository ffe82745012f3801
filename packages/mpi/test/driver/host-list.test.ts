import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chosenHosts } from "../../src/driver/drive-hosts.ts";
import { hostsOfFile, hostsOfList } from "../../src/driver/host-list.ts";

const test = suite("the hosts of a job");
const folder = mkdtempSync(join(tmpdir(), "acc-hosts-"));
test.after(() => rmSync(folder, { recursive: true }));

const isInvalid = (error: { code?: string }): boolean => error.code === "OPTION_INVALID";

function hostfile(text: string): string {
  const path = join(folder, "hosts");
  writeFileSync(path, text);
  return path;
}

test("come from a list or from a file of any MPI", () => {
  assert.equal(hostsOfList("a,b.example.org, 10.0.0.7"), ["a", "b.example.org", "10.0.0.7"]);
  const file = "# nodes\na:8\r\n\nb slots=4 max_slots=8  # two sockets\n  c\nd\tslots=1\na:8\n";
  assert.equal(hostsOfFile(hostfile(file)), ["a", "b", "c", "d"]);
});

test("names that are none are refused before anything starts", () => {
  for (const list of ["", ",", "a,,b", "-oProxyCommand=x", "a b", "a;reboot", "a,$(id)"])
    assert.throws(() => hostsOfList(list), isInvalid, list);
  for (const text of ["", "# nothing\n", "a\n-x\n"])
    assert.throws(() => hostsOfFile(hostfile(text)), isInvalid, text);
  assert.throws(() => hostsOfFile(folder), isInvalid);
  assert.throws(() => hostsOfFile(join(folder, "missing")), isInvalid);
});

test("--num-machines takes the first of them, or counts those of a scheduler", () => {
  const none = { hosts: undefined, hostfile: undefined, numMachines: undefined };
  assert.equal(chosenHosts({ ...none, hosts: "a,b,c", numMachines: 2 }), {
    ...{ hosts: ["a", "b"], numMachines: 2 },
  });
  assert.equal(chosenHosts({ ...none, hosts: "a,b" }), { hosts: ["a", "b"], numMachines: 2 });
  assert.equal(chosenHosts({ ...none, numMachines: 3 }), { hosts: undefined, numMachines: 3 });
  const wrong = [
    none,
    { ...none, hosts: "a", numMachines: 2 },
    { ...none, numMachines: 0 },
    { ...none, numMachines: 1.5 },
    { ...none, hosts: "a", hostfile: "f" },
  ];
  for (const choice of wrong) assert.throws(() => chosenHosts(choice), isInvalid);
});

test.run();
