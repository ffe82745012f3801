import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { JournalReader } from "../../src/journal/journal-reader.ts";
import type { JournalEntry } from "../../src/journal/journal-record.ts";
import { journalPath } from "../../src/journal/run-folder.ts";
import { type Finished, ServiceProject } from "../journal/service-project.ts";

const test = suite("kept runs, long");
let project: ServiceProject;

test.before.each(() => {
  project = new ServiceProject();
  cpSync(
    fileURLToPath(new URL("fixtures/keep.mjs", import.meta.url)),
    join(project.folder, "keep.mjs"),
  );
});

/** Trains with these options. */
const train = (
  options: object,
  env: Record<string, string> = {},
  args = ["keep.mjs"],
): Promise<Finished> =>
  project.run(args, { ACC_LOG_LEVEL: "info", OPTIONS: JSON.stringify(options), ...env });

function runs(directory = "runs"): string[] {
  const folder = join(project.folder, directory, ".acc");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name !== ".gitignore")
    .map((name) => join(folder, name));
}

async function entriesOf(run: string): Promise<JournalEntry[]> {
  const reader = await JournalReader.open(journalPath(run));
  const entries: JournalEntry[] = [];
  for await (const portion of reader.portions()) {
    entries.push(...portion.entries.map(({ entry }) => entry));
  }
  await reader.close();
  return entries;
}

const WHOLE = ["config", "metrics", "metrics", "metrics", "metrics", "finish"];

test("values without initTrackers are ignored by default, and an error if runs were asked for", async () => {
  const ignored = await train({ projectDir: "runs" }, { LOG_BEFORE: "1" });
  assert.is(ignored.code, 0, ignored.stderr);
  assert.is((await entriesOf(runs()[0] as string)).length, WHOLE.length);
  const refused = await train({ logWith: "local" }, { LOG_BEFORE: "1" });
  assert.match(refused.stderr, "log was called before initTrackers");
  const both = await train({ logWith: ["local"], keepRuns: false });
  assert.match(both.stderr, /OPTION_INVALID.*"local".*keepRuns is false/s);
});

test("prune removes kept runs only if it is said which: old ones, all but the newest, failed ones", async () => {
  const keep = { projectDir: "runs" };
  await train(keep);
  await train(keep, { FAIL: "1" });
  const killed = project.start(["keep.mjs"], { OPTIONS: JSON.stringify(keep), HANG: "1" });
  await new Promise((resolve) => killed.child.stdout?.once("data", resolve));
  const prune = async (...args: string[]): Promise<string> =>
    (await project.acc(["runs", "prune", ...args])).stdout;
  assert.match(await prune("--failed"), /kept, in use by .*Removed 1 run .*kept 2/s);
  killed.child.kill("SIGKILL");
  await killed.finished;
  assert.match(await prune(), /only the journal has it.*Removed 0 runs/s);
  assert.match(await prune("--older-than", "1h"), /not old enough.*Removed 0 runs/s);
  assert.match(await prune("--keep", "2"), /among the newest.*Removed 0 runs/s);
  assert.match(await prune("--failed"), /kept, it ended well.*Removed 1 run /s);
  assert.match(await prune("--keep", "0"), /Removed 1 run /);
  assert.is(runs().length, 0);
  const wrong = await project.acc(["runs", "prune", "--keep", "1.5"]);
  assert.equal([wrong.code, /OPTION_INVALID.*--keep/.test(wrong.stderr)], [2, true]);
});

test("keepRuns alone keeps them in the loggingDir; without it nothing is kept", async () => {
  await train({ keepRuns: true, loggingDir: "logs" });
  assert.is(runs("logs").length, 1);
  const { code, stderr } = await train({});
  assert.equal([code, stderr, runs(), runs(".")], [0, "", [], []]);
});

test("a folder that cannot be written ends no training", async () => {
  mkdirSync(join(project.folder, "node_modules/file"), { recursive: true });
  cpSync(join(project.folder, "keep.mjs"), join(project.folder, "runs"));
  const { code, stderr } = await train({ projectDir: "runs" });
  assert.is(code, 0, stderr);
  assert.match(stderr, "This run has no journal");
  assert.not.match(stderr, "is kept");
});

test.run();
