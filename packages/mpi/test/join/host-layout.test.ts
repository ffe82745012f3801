import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HostFacts } from "../../src/join/host-facts.ts";
import { hostFacts, requireEqual } from "../../src/join/host-facts.ts";
import { hostLayout } from "../../src/join/host-layout.ts";

const test = suite("what hosts agree on");

const host = (name: string, cores = 8, machineCores = cores): HostFacts => ({
  ...{ name, cores, machineCores, equal: {} },
});

test("replicas are shared out in the order of the hosts", () => {
  const hosts = [host("a"), host("b"), host("c")];
  assert.equal(hostLayout(hosts, 6).replicasOf, [2, 2, 2]);
  assert.equal(hostLayout(hosts, 8).replicasOf, [3, 3, 2]);
  assert.equal(hostLayout([host("a", 2), host("b", 4)]).replicasOf, [2, 4]);
});

test("each replica has the same number of threads, that of the busiest host", () => {
  assert.is(hostLayout([host("a", 8), host("b", 4)], 2).threads, 4);
  assert.is(hostLayout([host("a", 8), host("b", 1)], 4).threads, 1);
  assert.is(hostLayout([host("a", 8), host("a", 8)], 2).threads, 4); // they share the cores
});

test("processes that share a machine work, and are told of", () => {
  const { names, replicasOf, warnings } = hostLayout([host("a"), host("a"), host("b")]);
  assert.equal(names, ["a#0", "a#1", "b"]);
  assert.equal(replicasOf, [4, 4, 8]);
  assert.match(warnings.join("\n"), /2 processes .* on a\. .*-ppn 1/);
});

test("a process that is bound to one core is told of", () => {
  const [warning = ""] = hostLayout([host("a"), host("b", 1, 16)]).warnings;
  assert.match(warning, /process on b to one of its 16 cores.*--bind-to none/);
  assert.equal(hostLayout([host("a", 1), host("b", 1)]).warnings, []); // small machines
});

test("a number of replicas that cannot be is refused", () => {
  for (const count of [0, 1, -2, 2.5, Number.NaN, "3" as unknown as number])
    assert.throws(
      () => hostLayout([host("a"), host("b")], count),
      (error: { code?: string }) => error.code === "NUM_PROCESSES_INVALID",
      String(count),
    );
});

test("hosts with other scripts, versions or settings are refused on all of them with the same words", () => {
  const url = import.meta.url;
  const facts = (n?: number, threads?: string): HostFacts => hostFacts(url, n, threads);
  requireEqual([facts(4), facts(4)]);
  const refused = (all: HostFacts[], text: RegExp): void =>
    assert.throws(
      () => requireEqual(all),
      (error: { code?: string; message: string }) =>
        error.code === "HOSTS_DIFFER" && text.test(error.message),
    );
  refused([facts(4), facts(4), facts(2)], /numProcesses is 4 on host 0 .* and 2 on host 2/);
  refused([facts(4), facts()], /numProcesses is 4 .* and not given on host 1/);
  refused([facts(), facts(undefined, "2")], /ACC_ONNX_THREADS is not set .* and 2/);
  const other = { ...facts(), equal: { ...facts().equal, "the script (its SHA-256)": "0" } };
  refused([facts(), other], /the script/);
});

test.run();
