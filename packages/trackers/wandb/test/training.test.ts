import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { KEY, online, sync, temporary, train, withStub } from "./fixtures/run-script.ts";
import { requireWhole } from "./test-training.ts";

const test = suite("W&B through the accelerator");

test("a training script records everything", async () => {
  await withStub(async (stub) => {
    const { code, output } = await train(temporary(), "end", online(stub.url));
    assert.is(code, 0, output);
    assert.match(output, "run1 proj false");
    requireWhole(stub, 0);
  });
});

test("without a key the run waits on disk, and acc sync delivers it once", async () => {
  const dir = temporary();
  await withStub(async (stub) => {
    const { WANDB_API_KEY: _, ...withoutKey } = online(stub.url);
    const { code, output } = await train(dir, "end", { ...withoutKey, HOME: dir });
    assert.is(code, 0, output);
    assert.match(output, "acc sync");
    assert.match(output, '"wandb login". Training goes on');
    assert.match(output, '"wandb login"). They are kept');
    assert.equal(stub.state.runs, {});
    // The key is all that sync needs: the rest was decided when the run began.
    for (let times = 0; times < 2; times++) {
      const { code, output } = await sync(dir, { WANDB_API_KEY: KEY, HOME: dir });
      assert.is(code, 0, output);
    }
    requireWhole(stub, 0);
  });
});

test.slow(
  "a process that is killed loses nothing that was logged, and acc sync ends its run",
  async () => {
    const dir = temporary();
    await withStub(async (stub) => {
      const { code, output } = await train(dir, "kill", online(stub.url));
      assert.is(code, null, output);
      const synced = await sync(dir, { WANDB_API_KEY: KEY });
      assert.is(synced.code, 0, synced.output);
      requireWhole(stub, 1);
    });
  },
);

test.run();
