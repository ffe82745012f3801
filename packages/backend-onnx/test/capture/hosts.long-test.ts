import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compareHosts } from "../../../core/test/hosts/compare-hosts.ts";
import type { ModelName, Outcome, Variant } from "./fixtures/train.ts";

const test = suite("compileStep over hosts");

const VARIANTS: readonly Variant[] = ["clipping at the end of windows", "gradients in 16 bits"];

test("hosts with 2 + 2 replicas replay what one host with 4 replays, bit for bit", async () => {
  process.env.ACC_ONNX_THREADS = "1";
  const script = new URL("./fixtures/train.ts", import.meta.url);
  const entry = new URL("../fixtures/call-each.ts", import.meta.url);
  type Result = Record<ModelName, Outcome>[];
  const [ranks = []] = await compareHosts<Result>(script, [2, 2], [[VARIANTS, true]], entry);
  for (const [variant] of VARIANTS.entries()) {
    const models = ranks.map((outcomes) => (outcomes[variant] as Result[number]).mlp);
    for (const { lateRecords, weights } of models) {
      assert.is(lateRecords, 0, "steps are replayed");
      assert.equal(weights, models[0]?.weights);
    }
    assert.is(
      new Set(models.map(({ losses }) => losses[0])).size,
      4,
      "ranks have data of their own",
    );
  }
});

test.run();
