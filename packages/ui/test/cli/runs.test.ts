import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { A, acc, directory, makeRuns } from "./two-runs.ts";

const test = suite("acc runs of @acc/ui");

test.before(makeRuns);

test("list --values shows what differs and the last values, and obeys filter, columns and sort", async () => {
  const { code, stdout } = await acc(["runs", "list", "--values"]);
  assert.is(code, 0);
  const [header = "", first = "", second = ""] = stdout.split("\n");
  assert.match(header, /^id +started +status +time +lr +loss +test\/accuracy/);
  assert.match(first, /^b0000000 .* failed +0 s +0\.01 +1$/);
  assert.match(second, /^a0000000 .* done +0 s +0\.1 +0\.25 +0\.5/);
  const { runs } = JSON.parse(
    (await acc(["runs", "list", "--json", "--filter", "loss<0.5", "--sort=-lr"])).stdout,
  );
  assert.equal(
    runs.map(({ id }: { id: string }) => id),
    [A],
  );
});

test("show tells one run, and all or some of its values", async () => {
  const { code, stdout } = await acc(["runs", "show", "a0"]);
  assert.is(code, 0);
  assert.match(stdout, /^config\nlr +0\.1\n/m);
  assert.match(stdout, /^loss +0\.25 +0\.25 @2 +2 @0 +3 +1$/m);
  assert.match(stdout, /^cpu % +50 +50 +50 +1$/m);
  assert.match(stdout, /^1 lines? of the console: --console$/m);
  const printed = await acc(["runs", "show", "a", "--console"]);
  assert.match(printed.stdout, /^1970-01-01T00:16:40\.000Z {2}\[rank 1\] printed {2}\[2J\n$/);
  const json = JSON.parse((await acc(["runs", "show", "a", "--json", "--key", "loss"])).stdout);
  assert.equal(json.points, [
    { step: 0, value: 2 },
    { step: 1, value: "NaN" },
    { step: 2, value: 0.25 },
  ]);
});

test("nothing that a run holds commands the terminal", async () => {
  for (const args of [
    ["list", "--values"],
    ["show", "a", "--json"],
    ["show", "a", "--console"],
    ["show", "a", "--key", "no\u001b[2J"],
  ]) {
    const { stdout, stderr } = await acc(["runs", ...args]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    assert.not.match(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u202e]/, args.join(" "));
  }
});

test("export writes every value; no cell is a formula", async () => {
  const file = join(directory, "a.csv");
  assert.is((await acc(["runs", "export", "a", "--csv", file])).code, 0);
  const lines = readFileSync(file, "utf8").split("\r\n");
  assert.is(lines[0], "run,key,step,time,value");
  assert.ok(lines.includes(`${A},loss,1,1970-01-01T00:16:40.000Z,NaN`));
  assert.ok(lines.some((line) => line.includes(`,"'=2+5,""x""",3,`)));
  const json = await acc(["runs", "export", "a", "--json", "-", "--keys", "^loss$"]);
  const { run, points } = JSON.parse(json.stdout);
  assert.is(run.id, A);
  assert.equal(points, {
    loss: { steps: [0, 1, 2], timesMs: [1e6, 1e6, 1e6], values: [2, "NaN", 0.25] },
  });
});

test.run();
