import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ended, online, printed, start, temporary, withStub } from "./fixtures/run-script.ts";
import { requireWhole, testOffline } from "./test-training.ts";

const test = suite("W&B through the accelerator, with a server that comes late");

test("a server that comes up while training goes on gets everything", async () => {
  const port = await withStub(async () => {});
  const child = start("train.ts", [temporary(), "end"], online(`http://127.0.0.1:${port}`));
  const training = ended(child);
  await printed(child, "cannot deliver now");
  await withStub(async (stub) => {
    const { code, output } = await training;
    assert.is(code, 0, output);
    requireWhole(stub, 0);
  }, port);
});

for (const way of ["end", "kill"] as const) testOffline(test, way);

test.run();
