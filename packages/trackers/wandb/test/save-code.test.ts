import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { KEY, onlineSuite } from "./online-suite.ts";
import { Recording } from "./recording.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = onlineSuite("the option saveCode of W&B");

test.after.each(() => {
  delete process.env.WANDB_SAVE_CODE;
  delete process.env.WANDB_DISABLE_CODE;
});

type Given = { readonly saveCode?: boolean; readonly hasScript?: boolean };

/** The files of code at the server, and the warnings, of a run that goes on in another process. */
async function keptCode(url: string, { saveCode, hasScript = true }: Given) {
  const folder = temporaryFolder();
  const script = join(folder, "train.ts");
  writeFileSync(script, "train();\n");
  const asked = saveCode === undefined ? {} : { saveCode };
  const options = { baseUrl: url, apiKey: KEY, id: "run1", transmitIntervalMs: 0, ...asked };
  const recording = await Recording.start(folder, options, "proj", hasScript ? script : undefined);
  recording.log({ m: 1 }, 0);
  await recording.deliverRest();
  await recording.restart();
  await recording.finish();
  rmSync(folder, { recursive: true });
  return recording.warnings;
}

test("keeps the script once, also if another process goes on with the run", async ({ stub }) => {
  assert.equal(await keptCode(stub.url, { saveCode: true }), []);
  const [code, ...others] = Object.values(stub.state.artifacts);
  assert.equal(others, []);
  assert.is(code?.artifactTypeName, "code");
  assert.is(code?.files["train.ts"]?.text, "train();\n");
});

test("is off by default, on by WANDB_SAVE_CODE, off again by WANDB_DISABLE_CODE or the option", async ({
  stub,
}) => {
  await keptCode(stub.url, {});
  process.env.WANDB_SAVE_CODE = "true";
  await keptCode(stub.url, { saveCode: false });
  process.env.WANDB_DISABLE_CODE = "true";
  await keptCode(stub.url, {});
  assert.equal(stub.state.artifacts, {});
  delete process.env.WANDB_DISABLE_CODE;
  await keptCode(stub.url, {});
  assert.is(Object.keys(stub.state.artifacts).length, 1);
});

test("warns where no script is known, and the run goes on", async ({ stub }) => {
  const warnings = await keptCode(stub.url, { saveCode: true, hasScript: false });
  assert.match(
    warnings.join(),
    /the code is not kept. logCode: give a path, as no script is known/,
  );
  assert.equal(stub.state.artifacts, {});
});

test.run();
