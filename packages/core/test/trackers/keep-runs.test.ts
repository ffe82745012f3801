import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { JournalReader } from "../../src/journal/journal-reader.ts";
import type { JournalEntry } from "../../src/journal/journal-record.ts";
import { journalPath } from "../../src/journal/run-folder.ts";
import { type Finished, ServiceProject } from "../journal/service-project.ts";

const test = suite("kept runs");
const ACC = fileURLToPath(new URL("../../bin/acc.mjs", import.meta.url));
const TRIALS = "one-after-the-other.mjs";
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

const typesOf = (entries: readonly JournalEntry[]): string[] => entries.map(({ type }) => type);
const WHOLE = ["config", "metrics", "metrics", "metrics", "metrics", "finish"];

test("a project keeps its runs by itself, says how to look at them, and owes them to nobody", async () => {
  const { code, stdout, stderr } = await train({ projectDir: "runs" });
  assert.is(code, 0, stderr);
  assert.is(stdout, "");
  assert.match(stderr, /^Run [0-9a-f]{8} is kept\. Look at it: npx acc ui runs\n$/);
  const [run = ""] = runs();
  const entries = await entriesOf(run);
  assert.equal(typesOf(entries), WHOLE);
  assert.equal(entries.at(-1), { type: "finish", status: "success", sequence: 5 });
  const sync = await project.acc(["sync", "--json"]);
  assert.equal([sync.code, JSON.parse(sync.stdout)[0].trackers], [0, []]);
  const list = JSON.parse((await project.acc(["runs", "list", "--json"])).stdout);
  assert.equal([list.length, list[0].state, list[0].trackers], [1, "kept", []]);
});

test("two replicas keep one run, whose values are combined", async () => {
  const launch = ["node_modules/@acc/core/bin/acc.mjs", "launch", "--num-processes", "2"];
  const { code, stderr } = await train({ projectDir: "runs" }, {}, [...launch, "keep.mjs"]);
  assert.is(code, 0, stderr);
  assert.is(stderr.split("\n").filter((line) => line.includes("is kept")).length, 1);
  assert.is(runs().length, 1);
  const sum = (await entriesOf(runs()[0] as string)).find(
    (entry) => entry.type === "metrics" && entry.context.step === 3,
  );
  assert.equal((sum as { values: object }).values, { rank: 1 });
});

test("nothing is kept, and nothing is said, where nobody asked", async () => {
  for (const options of [{ loggingDir: "runs" }, { projectDir: "runs", keepRuns: false }]) {
    const { code, stderr } = await train(options);
    assert.equal([code, stderr, runs(), runs(".")], [0, "", [], []]);
  }
  const quiet = await train({ projectDir: "runs" }, { ACC_PROGRESS: "off" });
  assert.equal([quiet.code, quiet.stderr, runs().length], [0, "", 1]);
});

test('"local" keeps runs without a project, and files that are logged', async () => {
  const file = join(project.folder, "model.bin");
  await train({ logWith: "local" }, { ARTIFACT: file });
  await train({ projectDir: "runs" }, { ARTIFACT: file });
  const [local = ""] = runs(".");
  assert.ok(existsSync(join(local, "artifacts/0/model.bin")));
  assert.not.ok(
    existsSync(join(runs()[0] as string, "artifacts")),
    "no copy that nobody asked for",
  );
});

for (const launch of [[], [ACC, "launch", "--num-processes", "2"]]) {
  const where = launch.length === 0 ? "under plain node" : "in replicas";
  test(`accelerators one after the other have a run each, which ends, ${where}`, async () => {
    cpSync(
      fileURLToPath(new URL(`fixtures/${TRIALS}`, import.meta.url)),
      join(project.folder, TRIALS),
    );
    const { code, stderr } = await project.run([...launch, TRIALS], {});
    assert.is(code, 0, stderr);
    const endings: [losses: unknown[], status: unknown][] = [];
    for (const run of runs()) {
      const entries = await entriesOf(run);
      const losses = entries.flatMap((entry) =>
        entry.type === "metrics" ? [entry.values.loss] : [],
      );
      const end = entries.at(-1);
      endings.push([losses, end?.type === "finish" && end.status]);
    }
    const left = launch.length === 0 ? "success" : "failure";
    assert.equal(
      endings.sort((a, b) => (String(a) < String(b) ? -1 : 1)),
      [
        [[1, 2, 3], "success"],
        [[2, 3, 4], left],
        [[3, 4, 5], "success"],
      ],
    );
  });
}

test.run();
