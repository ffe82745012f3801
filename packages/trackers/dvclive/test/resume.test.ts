import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { filesOf } from "./golden.ts";
import { logged, metrics, temporary, tsv } from "./recording.ts";

const test = suite("DVCLive: a run that goes on");

test("a resumed run goes on after the last step, also behind step 0, and keeps what there was", async () => {
  const root = temporary();
  await logged([[{ a: 0.5, b: { c: 1 } }]], {}, root);
  writeFileSync(join(root, "dvclive/metrics.json"), '{\n    "a": 1.0,\n    "step": 0\n}\n');
  const run = await logged([[{ a: 2.5 }]], { resume: true }, root);
  assert.is(tsv(run, "a"), "step\ta\n0\t0.5\n1\t2.5\n");
  assert.is(tsv(run, "b/c"), "step\tc\n0\t1\n");
  process.env.DVCLIVE_RESUME = "True";
  await logged([[{ n: 1 }]], {}, root);
  delete process.env.DVCLIVE_RESUME;
  assert.equal(
    readFileSync(join(root, "dvclive/metrics.json"), "utf8"),
    '{\n    "a": 2.5,\n    "step": 2,\n    "n": 1\n}\n',
  );
  await logged([[{ z: 1 }]], {}, root);
  assert.equal([...filesOf(join(root, "dvclive")).keys()], ["metrics.json", "plots/metrics/z.tsv"]);
});

test("goes on after the rows when metrics.json is damaged or missing, and says so", async () => {
  for (const damage of ['{ "a": 1,', "[]", "", undefined]) {
    const root = temporary();
    await logged([[{ a: 0.5 }], [{ a: 1.5, b: 1 }], [{ a: 2.5 }]], {}, root);
    const path = join(root, "dvclive/metrics.json");
    if (damage === undefined) rmSync(path);
    else writeFileSync(path, damage);
    const run = await logged([[{ a: 3.5 }]], { resume: true }, root);
    assert.is(tsv(run, "a").split("\n").at(-2), "3\t3.5");
    assert.equal(metrics(run), { a: 3.5, step: 3 });
    assert.is(run.warnings.length, damage === undefined ? 0 : 1, run.warnings.join());
  }
});

test.run();
