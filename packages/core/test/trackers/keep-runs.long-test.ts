import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { entriesOf, KeptRuns, WHOLE } from "./kept-runs.ts";

const test = suite("kept runs, long");
const kept = new KeptRuns(test);

test("values without initTrackers are ignored by default, and an error if runs were asked for", async () => {
  const ignored = await kept.train({ projectDir: "runs" }, { LOG_BEFORE: "1" });
  assert.is(ignored.code, 0, ignored.stderr);
  assert.is((await entriesOf(kept.in()[0] as string)).length, WHOLE.length);
  const refused = await kept.train({ logWith: "local" }, { LOG_BEFORE: "1" });
  assert.match(refused.stderr, "log was called before initTrackers");
  const both = await kept.train({ logWith: ["local"], keepRuns: false });
  assert.match(both.stderr, /OPTION_INVALID.*"local".*keepRuns is false/s);
});

test("prune removes kept runs only if it is said which: old ones, all but the newest, failed ones", async () => {
  const keep = { projectDir: "runs" };
  await kept.train(keep);
  await kept.train(keep, { FAIL: "1" });
  const killed = kept.project.start(["keep.mjs"], { OPTIONS: JSON.stringify(keep), HANG: "1" });
  await new Promise((resolve) => killed.child.stdout?.once("data", resolve));
  const prune = async (...args: string[]): Promise<string> =>
    (await kept.project.acc(["runs", "prune", ...args])).stdout;
  assert.match(await prune("--failed"), /kept, in use by .*Removed 1 run .*kept 2/s);
  killed.child.kill("SIGKILL");
  await killed.finished;
  assert.match(await prune(), /only the journal has all of it.*Removed 0 runs/s);
  assert.match(await prune("--older-than", "1h"), /not old enough.*Removed 0 runs/s);
  assert.match(await prune("--keep", "2"), /among the newest.*Removed 0 runs/s);
  assert.match(await prune("--failed"), /kept, it ended well.*Removed 1 run /s);
  assert.match(await prune("--keep", "0"), /Removed 1 run /);
  assert.is(kept.in().length, 0);
  const wrong = await kept.project.acc(["runs", "prune", "--keep", "1.5"]);
  assert.equal([wrong.code, /OPTION_INVALID.*--keep/.test(wrong.stderr)], [2, true]);
});

test("keepRuns alone keeps them in the loggingDir; without it nothing is kept", async () => {
  await kept.train({ keepRuns: true, loggingDir: "logs" });
  assert.is(kept.in("logs").length, 1);
  const { code, stderr } = await kept.train({});
  assert.equal([code, stderr, kept.in(), kept.in(".")], [0, "", [], []]);
});

test("a folder that cannot be written ends no training", async () => {
  mkdirSync(join(kept.project.folder, "node_modules/file"), { recursive: true });
  cpSync(join(kept.project.folder, "keep.mjs"), join(kept.project.folder, "runs"));
  const { code, stderr } = await kept.train({ projectDir: "runs" });
  assert.is(code, 0, stderr);
  assert.match(stderr, "This run has no journal");
  assert.not.match(stderr, "is kept");
});

test.run();
