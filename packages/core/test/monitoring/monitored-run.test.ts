import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import type { MonitorEvent } from "../../src/tracker-contract/monitoring.ts";
import type { Service } from "../journal/service.ts";
import { type Finished, ServiceProject } from "../journal/service-project.ts";
import { stopped } from "../journal/undelivered.ts";
import { entriesOf, KeptRuns } from "../trackers/kept-runs.ts";

const test = suite("a run that is monitored");
const kept = new KeptRuns(test);
const SCRIPT = "print-and-compute.mjs";
const SECRET = "tok-0123456789";
const ACC_LAUNCH = [fileURLToPath(new URL("../../bin/acc.mjs", import.meta.url)), "launch"];
const MONITORING = { intervalSeconds: 0.1 };

function train(
  project: ServiceProject,
  options: { readonly accelerator: object; readonly init?: object },
  { args = [], env = {} }: { readonly args?: string[]; readonly env?: Record<string, string> } = {},
): Promise<Finished> {
  cpSync(
    fileURLToPath(new URL(`fixtures/${SCRIPT}`, import.meta.url)),
    join(project.folder, SCRIPT),
  );
  const { accelerator, init = {} } = options;
  return project.run([...args, SCRIPT], {
    ...{ OPTIONS: JSON.stringify(accelerator), INIT: JSON.stringify(init) },
    ...{ PRINTED_TOKEN: SECRET, ...env },
  });
}

function ofType<T extends MonitorEvent["type"]>(events: readonly object[], type: T) {
  return events.filter(
    (event): event is Extract<MonitorEvent, { type: T }> =>
      (event as { type: string }).type === type,
  );
}

test("acc sync delivers the load of both replicas, and their lines with the rank", async () => {
  const service: Service = await stopped();
  const project = new ServiceProject();
  const accelerator = { logWith: "service", projectDir: "runs" };
  const init = { monitoring: MONITORING, deliveryTimeoutMs: 0 };
  const args = [...ACC_LAUNCH, "--num-processes", "2"];
  const env = { SERVICE_URL: service.url, MONITORED: "1" };
  const { code, stdout, stderr } = await train(project, { accelerator, init }, { args, env });
  assert.is(code, 0, stderr);
  assert.is(stdout.match(/tok-0123456789/g)?.length, 2, "the terminal shows what was printed");
  await service.start();
  assert.is((await project.acc(["sync"], env)).code, 0);
  const events = [...service.events.values()];
  const lines = ofType(events, "console").flatMap((event) => event.lines);
  // What the other rank prints beside the begin and the end of the run may be in it or not.
  const within = lines.filter(({ text }) => !/before|without/.test(text));
  const shown = within.map(({ rank, isError, text }) => `${rank} ${isError} ${text}`).sort();
  assert.equal(shown, [
    ...["0 false rank 0 has ***", "0 true to stderr"],
    ...["1 false rank 1 has ***", "1 true to stderr"],
  ]);
  const samples = ofType(events, "system").map(({ sample }) => sample);
  assert.ok(samples.length >= 2, `${samples.length} samples`);
  const paces = samples.flatMap(({ paces: ofRanks = [] }) => [ofRanks]);
  for (const rank of [0, 1]) {
    assert.ok(
      paces.some((ofRanks) => Number(ofRanks[rank]?.batchesPerSecond) > 0),
      `rank ${rank}`,
    );
  }
  if (process.platform === "linux") {
    const ranks = samples.map(({ replicas }) => replicas.map(({ rank }) => rank));
    assert.equal(ranks.at(-1), [0, 1]);
  }
  assert.equal(service.numbers, [0, 1, 2, 3]);
  await service.stop();
});

test("a script under plain node is too, also one that ends by itself", async () => {
  const accelerator = { projectDir: "runs" };
  const init = { monitoring: MONITORING };
  const { code, stderr } = await train(
    kept.project,
    { accelerator, init },
    { env: { EXIT: "1", ACC_PROGRESS: "bars" } },
  );
  assert.is(code, 0, stderr);
  assert.match(stderr, /steps .*4\/4/, "bars are shown, and are no lines of the script");
  const entries = await entriesOf(kept.in()[0] as string);
  const lines = ofType(entries, "console").flatMap((event) => event.lines);
  assert.equal(
    lines.map(({ text, rank }) => [text, rank]),
    [
      ["rank 0 has ***", undefined],
      ["to stderr", undefined],
    ],
  );
  const [sample] = ofType(entries, "system");
  const paces = ofType(entries, "system").map((event) => event.sample.paces ?? []);
  assert.ok(
    paces.some(([pace]) => Number(pace?.batchesPerSecond) > 0),
    JSON.stringify(paces),
  );
  assert.equal(sample?.to, [], "only the page wants it");
  assert.ok((sample?.sample.process.cpuPercent ?? 0) > 1);
});

test.slow("each part can be switched off, and a run that nobody looks at has none", async () => {
  const cases: [accelerator: object, init: object, types: string[]][] = [
    [{ projectDir: "runs" }, { monitoring: false }, []],
    [{ projectDir: "runs" }, { monitoring: { ...MONITORING, console: false } }, ["system"]],
    [{ projectDir: "runs" }, { monitoring: { ...MONITORING, system: false } }, ["console"]],
    [{ projectDir: "runs" }, {}, ["console"]], // shorter than the time between two samples
  ];
  for (const [accelerator, init, types] of cases) {
    kept.project = new ServiceProject();
    const { code, stderr } = await train(kept.project, { accelerator, init });
    assert.is(code, 0, stderr);
    const entries = await entriesOf(kept.in()[0] as string);
    const observed = entries.map(({ type }) => type).filter((type) => /system|console/.test(type));
    assert.equal([...new Set(observed)], types, JSON.stringify(init));
  }
});

test("options that make no sense are refused", async () => {
  const refused = [{ intervalSeconds: 0 }, { sytem: true }, { console: "yes" }];
  const accelerator = { projectDir: "runs" };
  const runs = refused.map((monitoring) =>
    train(kept.project, { accelerator, init: { monitoring } }),
  );
  for (const { code, stderr } of await Promise.all(runs)) {
    assert.is(code, 1);
    assert.match(stderr, /OPTION_INVALID/);
  }
});

test.run();
