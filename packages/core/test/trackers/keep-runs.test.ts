import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { ACC, entriesOf, KeptRuns, WHOLE } from "./kept-runs.ts";

const test = suite("kept runs");
const kept = new KeptRuns(test);

test("a project keeps its runs by itself, says how to look at them, and owes them to nobody", async () => {
  const { code, stdout, stderr } = await kept.train({ projectDir: "runs" });
  assert.is(code, 0, stderr);
  assert.is(stdout, "");
  assert.match(stderr, /^Run [0-9a-f]{8} is kept\. Look at it: npx acc ui runs\n$/);
  const [run = ""] = kept.in();
  const entries = await entriesOf(run);
  assert.equal(
    entries.map(({ type }) => type),
    WHOLE,
  );
  assert.equal(entries.at(-1), { type: "finish", status: "success", sequence: 5 });
  const sync = await kept.project.acc(["sync", "--json"]);
  assert.equal([sync.code, JSON.parse(sync.stdout)[0].trackers], [0, []]);
  const list = JSON.parse((await kept.project.acc(["runs", "list", "--json"])).stdout);
  assert.equal([list.length, list[0].state, list[0].trackers], [1, "kept", []]);
});

test("two replicas keep one run, whose values are combined", async () => {
  const launch = [ACC, "launch", "--num-processes", "2"];
  const { code, stderr } = await kept.train({ projectDir: "runs" }, {}, [...launch, "keep.mjs"]);
  assert.is(code, 0, stderr);
  assert.is(stderr.split("\n").filter((line) => line.includes("is kept")).length, 1);
  assert.is(kept.in().length, 1);
  const sum = (await entriesOf(kept.in()[0] as string)).find(
    (entry) => entry.type === "metrics" && entry.context.step === 3,
  );
  assert.equal((sum as { values: object }).values, { rank: 1 });
});

test("nothing is kept, and nothing is said, where nobody asked", async () => {
  for (const options of [{ loggingDir: "runs" }, { projectDir: "runs", keepRuns: false }]) {
    const { code, stderr } = await kept.train(options);
    assert.equal([code, stderr, kept.in(), kept.in(".")], [0, "", [], []]);
  }
  const quiet = await kept.train({ projectDir: "runs" }, { ACC_PROGRESS: "off" });
  assert.equal([quiet.code, quiet.stderr, kept.in().length], [0, "", 1]);
});

test('"local" keeps runs without a project, and files that are logged', async () => {
  const file = join(kept.project.folder, "model.bin");
  await kept.train({ logWith: "local" }, { ARTIFACT: file });
  await kept.train({ projectDir: "runs" }, { ARTIFACT: file });
  const [local = ""] = kept.in(".");
  assert.ok(existsSync(join(local, "artifacts/0/model.bin")));
  assert.not.ok(
    existsSync(join(kept.in()[0] as string, "artifacts")),
    "no copy that nobody asked for",
  );
});

for (const launch of [[], [ACC, "launch", "--num-processes", "2"]]) {
  const where = launch.length === 0 ? "under plain node" : "in replicas";
  const register = launch.length === 0 ? test : test.slow;
  register(
    `accelerators have a run each, also those that are open at the same time, ${where}`,
    async () => {
      const script = "several-accelerators.mjs";
      const { code, stderr } = await kept.project.run([...launch, script]);
      assert.is(code, 0, stderr);
      const runs: [losses: unknown[], status: unknown][] = [];
      for (const run of kept.in()) {
        const entries = await entriesOf(run);
        const losses = entries.flatMap((entry) =>
          entry.type === "metrics" ? [entry.values.loss] : [],
        );
        const end = entries.at(-1);
        runs.push([losses, end?.type === "finish" && end.status]);
      }
      assert.equal(
        runs.sort((a, b) => (String(a) < String(b) ? -1 : 1)),
        [
          [[1, 2, 3], "success"],
          [[2, 3, 4, 20, 21], "success"],
          [[3, 4, 5, 30], "success"],
        ],
      );
    },
  );
}

test.run();
