import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onSmallDisk } from "@acc/core/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RunLock } from "../../../core/src/journal/run-lock.ts";
import { logged, newFolder, runFolder, writeJournal } from "../index/make-journal.ts";
import { A, acc, B, makeRuns } from "./two-runs.ts";

const test = suite("acc runs of @acc/ui, every call");

test.before(makeRuns);

test("list obeys filter, columns and sort, and says what is wrong with them", async () => {
  const ids = async (...args: string[]): Promise<string[]> =>
    JSON.parse((await acc(["runs", "list", "--values", "--json", ...args])).stdout).runs.map(
      (run: { id: string }) => run.id,
    );
  assert.equal(await ids("--filter", "loss<0.5"), [A]);
  assert.equal(await ids("--filter", "status:failed"), [B]);
  assert.equal(await ids("--sort", "lr"), [B, A]);
  assert.equal(await ids("--sort=-lr"), [A, B]);
  const columns = await acc(["runs", "list", "--columns", "batch,accuracy"]);
  assert.match(columns.stdout, /^id +started +status +time +batch +test\/accuracy\n/);
  for (const wrong of [
    ["--sort", "nothing"],
    ["--filter", "/(/"],
    ["--columns", "x"],
  ]) {
    const { code, stderr } = await acc(["runs", "list", ...wrong]);
    assert.equal([code, /OPTION_INVALID/.test(stderr)], [2, true], wrong.join(" "));
  }
});

test("show has every value on request, and says what is wrong with a call", async () => {
  const all = JSON.parse(
    (await acc(["runs", "show", "a", "--json", "--key", "loss", "--all"])).stdout,
  );
  assert.equal(all.points[1], { step: 1, timeMs: 1_000_000, value: "NaN" });
  for (const [args, text] of [
    [["x"], "no run has"],
    [["a", "--key", "nothing"], 'no key "nothing"'],
    [[], "takes an ID"],
    [["a", "--follow"], "need --key"],
  ] as const) {
    const wrong = await acc(["runs", "show", ...args]);
    assert.is(wrong.code, 2);
    assert.match(wrong.stderr, text);
  }
});

test("nothing that a run holds commands the terminal, whatever is asked", async () => {
  for (const args of [
    ["list", "--values"],
    ["list", "--values", "--json"],
    ["list", "--columns", "project"],
    ["show", "a"],
    ["show", "a", "--json"],
    ["show", "a", "--key", "evil\u001b]0;title\u0007\u202e"],
    ["show", "a", "--key", "no\u001b[2J"],
  ]) {
    const { stdout, stderr } = await acc(["runs", ...args]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    assert.not.match(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u202e]/, args.join(" "));
  }
});

test("an export needs a file that can be written", async () => {
  assert.is((await acc(["runs", "export", "a"])).code, 2);
  assert.is((await acc(["runs", "export", "a", "--csv", "/nothing/x.csv"])).code, 2);
});

test("an export that fails leaves what was there", async () => {
  const full = newFolder();
  const values = Array.from({ length: 5000 }, (_, step) => logged({ loss: step / 7 }, step));
  await writeJournal(runFolder(full, "a"), [...values, { type: "finish", status: "success" }]);
  await onSmallDisk(async ({ folder }) => {
    for (const format of ["csv", "json", "html"]) {
      const file = join(folder, `run.${format}`);
      writeFileSync(file, "before");
      const { code, stderr } = await acc(["runs", "export", "0", full, `--${format}`, file]);
      assert.is(code, 2);
      assert.match(stderr, /cannot be written \(ENOSPC/);
      assert.is(readFileSync(file, "utf8"), "before");
      assert.equal(readdirSync(folder), [`run.${format}`]);
      rmSync(file);
    }
  }, "100k");
});

test("follow prints values as they come and ends with the run", async () => {
  const live = newFolder();
  const folder = runFolder(live, "live");
  const whole = readFileSync(
    await writeJournal(folder, [
      ...[1, 2, 3].map((loss, step) => logged({ loss }, step)),
      { type: "finish", status: "success" },
    ]),
  );
  const second = whole.lastIndexOf('{"type":"metrics"') - 8;
  writeFileSync(join(folder, "journal"), whole.subarray(0, second));
  const lock = await RunLock.acquire(folder);
  assert.ok(lock instanceof RunLock);
  const following = acc(["runs", "show", "0", live, "--key", "loss", "--follow"]);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  writeFileSync(join(folder, "journal"), whole);
  await lock.release();
  const { code, stdout } = await following;
  assert.is(code, 0);
  assert.equal(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/).at(-1)),
    ["1", "2", "3"],
  );
});

test.run();
