import { cpSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { Service } from "./service.ts";
import { ServiceProject } from "./service-project.ts";

const test = suite("acc runs");
const DAY_MS = 86_400_000;
const service = new Service();
let project: ServiceProject;

test.before.each(async () => {
  project = new ServiceProject();
  service.refused.clear();
  await service.start();
});
test.after.each(() => service.stop());

const env = (): Record<string, string> => ({ SERVICE_URL: service.url });
const runs = (): string[] =>
  existsSync(join(project.folder, "runs/.acc"))
    ? readdirSync(join(project.folder, "runs/.acc"))
        .filter((name) => name !== ".gitignore")
        .map((name) => join(project.folder, "runs/.acc", name))
    : [];

/** Records a run. @returns its folder. */
async function record(more: Record<string, string> = {}): Promise<string> {
  const before = runs();
  const { code, stderr } = await project.run(["log.mjs"], { ...env(), ...more });
  assert.is(code, 0, stderr);
  return runs().find((run) => !before.includes(run)) as string;
}

async function undelivered(): Promise<string> {
  await service.stop();
  const run = await record({ DELIVERY_TIMEOUT: "0" });
  await service.start();
  return run;
}

test("list shows every run; prune removes what is delivered completely, and nothing else", async () => {
  const delivered = await record();
  const pending = await undelivered();
  const { stdout, code } = await project.acc(["runs", "list"]);
  assert.is(code, 0);
  const [header = "", first = "", second = "", , summary = ""] = stdout.split("\n");
  assert.match(header, /^age +size +state +project +trackers +run$/);
  assert.match(first, /^\d+ s +\d.* (B|kB) +delivered +project +service +runs\/\.acc\//);
  assert.match(first, basename(delivered));
  assert.match(second, /pending +project +service \(21 pending\) +runs\/\.acc\//);
  assert.match(second, basename(pending));
  assert.match(
    summary,
    /^2 runs \(.*\); acc sync delivers 1 run \(.*\); acc runs prune removes 1 run/,
  );
  const list = JSON.parse((await project.acc(["runs", "list", "--json", "runs"])).stdout);
  assert.equal(
    list.map((run: { state: string }) => run.state),
    ["delivered", "pending"],
  );
  assert.ok(list[0].size > 500 && list[0].changedMs > Date.now() - DAY_MS);

  service.refused.add(3);
  const failures = await record();
  const trial = await project.acc(["runs", "prune", "--dry-run"]);
  assert.match(trial.stdout, `${basename(delivered)}: would be removed (`);
  assert.match(trial.stdout, "Would remove 1 run (");
  assert.is(runs().length, 3);
  const pruned = await project.acc(["runs", "prune"]);
  assert.is(pruned.code, 0);
  assert.match(pruned.stdout, `${basename(delivered)}: removed (`);
  assert.match(pruned.stdout, `${basename(pending)}: kept, not delivered to service`);
  assert.match(pruned.stdout, `${basename(failures)}: kept, some events failed`);
  assert.equal(runs().sort(), [failures, pending].sort());
  service.refused.clear();
  assert.is((await project.acc(["sync"], env())).code, 0);
  assert.match((await project.acc(["runs", "prune"])).stdout, "Removed 1 run (");
  assert.equal(runs(), [failures]);
});

test("a killed run whose trackers wrote files of their own is kept: nothing can be delivered", async () => {
  const { child, finished } = project.start(["log.mjs"], { OWN_FILES: "1", PAUSE: "1000" });
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  child.kill("SIGKILL");
  await finished;
  const { stdout } = await project.acc(["runs", "list"]);
  assert.match(stdout, / kept +project +service +runs/);
  assert.not.match(stdout, /pending|acc sync/);
  assert.match(
    (await project.acc(["runs", "prune"])).stdout,
    "kept, only the journal has all of it",
  );
  assert.match((await project.acc(["runs", "prune", "--failed"])).stdout, "Removed 1 run (");
  assert.equal(runs(), []);
});

test.slow("--older-than counts from the last value", async () => {
  const run = await record();
  const week = ["runs", "prune", "--older-than", "7d"];
  assert.match((await project.acc(week)).stdout, "kept, not old enough");
  const past = new Date(Date.now() - 8 * DAY_MS);
  utimesSync(join(run, "journal"), past, past);
  assert.match((await project.acc(["runs", "list"])).stdout, /^8 d /m);
  assert.match((await project.acc(week)).stdout, "Removed 1 run (");
  for (const wrong of ["7", "week", "-1d", "1y"]) {
    const { code, stderr } = await project.acc(["runs", "prune", `--older-than=${wrong}`]);
    assert.is(code, 2);
    assert.match(stderr, "--older-than needs a number with a unit: 30m, 12h, 7d or 4w");
  }
});

test("a run that is being recorded stays, also if all of it is delivered", async () => {
  const { child, finished } = project.start(["log.mjs"], { ...env(), COUNT: "1000", PAUSE: "10" });
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  const list = await project.acc(["runs", "list"]);
  assert.match(list.stdout, / in use +project/);
  const { stdout } = await project.acc(["runs", "prune"]);
  assert.match(stdout, `kept, in use by process ${child.pid}`);
  assert.is(runs().length, 1);
  child.kill("SIGKILL");
  await finished;
});

test("never more than a run's own folder, and only what this machine delivered", async () => {
  const run = await record();
  const work = join(project.folder, "work");
  cpSync(run, work, { recursive: true });
  writeFileSync(join(work, "thesis.txt"), "years of work");
  const renamed = join(project.folder, "other/.acc/renamed");
  mkdirSync(join(project.folder, "other/.acc"), { recursive: true });
  cpSync(run, renamed, { recursive: true });
  const elsewhere = await project.acc(["runs", "prune"], { ACC_HOME: join(project.home, "2") });
  assert.match(elsewhere.stdout, "kept, another machine says that it was delivered");
  const { stdout } = await project.acc(["runs", "prune"]);
  assert.match(stdout, "work: kept, its folder may have other files: remove it yourself");
  assert.ok(existsSync(join(work, "thesis.txt")) && existsSync(renamed));
  assert.not.ok(existsSync(run));
});

test("says what it needs: commands, folders, what it cannot read", async () => {
  const help = await project.acc(["runs", "--help"]);
  assert.is(help.code, 0);
  assert.match(help.stdout, /runs list +shows/);
  const alone = await project.acc(["runs"]);
  assert.is(alone.code, 2);
  assert.match(alone.stderr, 'incomplete command "runs"');
  assert.match((await project.acc(["runs", "purge"])).stderr, 'unknown command "runs purge"');
  for (const command of ["list", "prune"]) {
    const own = await project.acc(["runs", command, "--help"]);
    assert.match(own.stdout, `Usage: acc runs ${command} [options] [DIRECTORY]`);
    assert.is((await project.acc(["runs", command, "--frobnicate"])).code, 2);
    assert.is((await project.acc(["runs", command, "nowhere"])).code, 3);
  }
  const run = await record();
  writeFileSync(join(run, "journal"), "nonsense");
  const broken = await project.acc(["runs", "prune"]);
  assert.is(broken.code, 1);
  assert.match(broken.stderr, "is not a journal");
  assert.is(runs().length, 1);
});

test.run();
