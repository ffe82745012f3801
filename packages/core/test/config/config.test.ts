import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { LaunchConfig } from "../../src/config/launch-config.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { writeBasicConfig, writeConfig } from "../../src/config/write-config.ts";
import type { AcceleratorError } from "../../src/errors.ts";

const test = suite("configuration files");
let folder = "";
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "acc-config-"));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

function write(text: string): string {
  const path = join(folder, "config.yaml");
  writeFileSync(path, text);
  return path;
}

async function faultOf(text: string): Promise<AcceleratorError> {
  try {
    await readConfig(write(text));
  } catch (error) {
    return error as AcceleratorError;
  }
  throw new Error(`no error for ${text}`);
}

test("a file that accelerate config wrote for CPUs is taken, and nothing is left out", async () => {
  const { config, unsupported } = await readConfig(fixture("accelerate-cpu.yaml"));
  assert.equal(config, { numProcesses: 2, debug: true });
  assert.equal(unsupported, []);
});

test("a file that accelerate config wrote for GPUs is taken; what cannot be had is named", async () => {
  const { config, unsupported } = await readConfig(fixture("accelerate-gpus.yaml"));
  assert.equal(config, { numProcesses: 3, debug: false });
  assert.equal(unsupported, ["distributed_type: MULTI_GPU", "mixed_precision: bf16"]);
});

test("plugins, several machines and clusters are named, without what is in them", async () => {
  const path = write(
    "num_machines: 2\nmachine_rank: 1\nfsdp_config:\n  fsdp_offload: secret\ngpu_ids: 0,1\nmain_process_port: 29500\n",
  );
  const { unsupported } = await readConfig(path);
  assert.equal(unsupported, [
    "num_machines: 2",
    "machine_rank: 1",
    "fsdp_config",
    "gpu_ids: 0,1",
    "main_process_port: 29500",
  ]);
});

test("words of YAML 1.1 mean what they mean to Accelerate", async () => {
  const { config, unsupported } = await readConfig(write("debug: yes\nmixed_precision: no\n"));
  assert.equal(config, { debug: true });
  assert.equal(unsupported, []);
});

test("JSON is read too", async () => {
  const { config } = await readConfig(write('{"num_processes": 4, "timeout_ms": 5000}'));
  assert.equal(config, { numProcesses: 4, timeoutMs: 5000 });
});

const FAULTS: readonly [string, RegExp][] = [
  ["num_proceses: 2\n", /there is no option "num_proceses"; did you mean "num_processes"\?/],
  ["numProcesses: 2\n", /did you mean "num_processes"\?/],
  ["num_processes: two\n", /num_processes must be -1 or an integer of at least 1, got "two"/],
  ["num_processes: 1.5\n", /num_processes must be -1 or an integer of at least 1, got 1\.5/],
  ["debug: maybe\n", /debug must be true or false, got "maybe"/],
  ["timeout_ms: 0\n", /timeout_ms must be a finite number of at least 1, got 0/],
  ["max_restarts: -1\n", /max_restarts must be an integer of at least 0/],
  ["num_processes: 2\nnum_processes: 3\n", /is no YAML: .*unique.* line 2/is],
  ["num_processes: [2\n", /is no YAML: .* line 2/s],
  ["- num_processes\n", /must have lines such as "num_processes: 2"; found a list/],
  ["", /found nothing/],
  ["num_processes", /found a string/],
];
for (const [text, pattern] of FAULTS) {
  test(`refuses ${JSON.stringify(text)}`, async () => {
    const { code, message } = await faultOf(text);
    assert.is(code, "CONFIG_INVALID");
    assert.match(message, pattern);
    assert.match(message, join(folder, "config.yaml"));
  });
}

test("a file that is not there, and a folder, are told apart", async () => {
  const codes: string[] = [];
  for (const path of [join(folder, "absent.yaml"), folder]) {
    await readConfig(path).catch((error: AcceleratorError) => codes.push(error.code));
  }
  assert.equal(codes, ["CONFIG_MISSING", "CONFIG_INVALID"]);
});

test("what is written is what is read", async () => {
  const config: LaunchConfig = {
    ...{ numProcesses: 3, timeoutMs: 1000, graceMs: 0, watchdogMs: 5000 },
    ...{ maxRestarts: 2, debug: true },
  };
  const path = join(folder, "deep", "folder", "config.yaml");
  assert.is(await writeConfig(path, config, { replace: false }), true);
  const read = await readConfig(path);
  assert.equal(read, { config, unsupported: [] });
});

test("writeBasicConfig writes what Accelerate reads too, once", async () => {
  const path = join(folder, "basic.yaml");
  assert.is(await writeBasicConfig({ path, numProcesses: 1 }), path);
  const text = readFileSync(path, "utf8");
  assert.match(text, /^num_processes: 1$/m);
  assert.match(text, /^distributed_type: "NO"$/m); // YAML 1.1 would read false without the quotes
  assert.is(await writeBasicConfig({ path, numProcesses: 2 }), undefined);
  assert.is(readFileSync(path, "utf8"), text);
});

test("a place that cannot be written is told, not waited for", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  const places = [join(file, "config.yaml"), folder];
  if (process.platform === "linux") places.push("/proc/none/config.yaml");
  for (const path of places) {
    const write = writeConfig(path, { numProcesses: 1 }, { replace: true });
    assert.is(await write.catch(({ code }: AcceleratorError) => code), "CONFIG_INVALID", path);
  }
});

test("writeBasicConfig takes the number of cores, and refuses what is no number", async () => {
  const path = join(folder, "cores.yaml");
  await writeBasicConfig({ path });
  const { config } = await readConfig(path);
  assert.is(config.numProcesses, availableParallelism());
  const code = await writeBasicConfig({ path, numProcesses: 0 }).catch(({ code }) => code);
  assert.is(code, "OPTION_INVALID");
});

test.run();
