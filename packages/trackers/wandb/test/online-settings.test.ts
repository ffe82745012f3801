import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import * as assert from "uvu/assert";
import type { WandbOptions } from "../src/options.ts";
import { KEY, onlineSuite, runOf, start } from "./online-suite.ts";
import { Recording } from "./recording.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = onlineSuite("W&B online: keys and options");

test("without a key, or with one that is refused, the events wait", async ({ stub }) => {
  const home = process.env.HOME;
  process.env.HOME = temporaryFolder();
  try {
    const recording = await Recording.start(temporaryFolder(), { baseUrl: stub.url });
    recording.log({ m: 1 });
    const failure = await recording.deliverRest().catch((error: unknown) => error);
    assert.instance(failure, TrackerUnreachableError);
    assert.is((failure as TrackerUnreachableError).permanent, true);
    assert.match((failure as Error).message, "WANDB_API_KEY");
    assert.is(stub.requests.length, 0);
    writeFileSync(
      join(process.env.HOME, ".netrc"),
      `machine other\n  login user\n  password wrong\nmachine 127.0.0.1 login user password ${KEY}\n`,
    );
    await recording.finish();
    assert.is(runOf(stub).complete, true);
    const auth = `Basic ${Buffer.from(`api:${KEY}`).toString("base64")}`;
    assert.is(stub.requests[0]?.headers.authorization, auth);
  } finally {
    process.env.HOME = home;
  }
  stub.addFault({ match: "UpsertBucket", status: 401 });
  const refused = await start(stub, { id: "run2" });
  refused.log({ m: 1 });
  const failure = await refused.deliverRest().catch((error: unknown) => error);
  assert.is((failure as TrackerUnreachableError).permanent, true);
  assert.not.match((failure as Error).message, KEY);
});

test("environment variables of W&B, read when the run begins", async ({ stub }) => {
  Object.assign(process.env, {
    ...{ WANDB_BASE_URL: stub.url, WANDB_API_KEY: KEY, WANDB_ENTITY: "team", WANDB_PROJECT: "a/b" },
    ...{ WANDB_NAME: "named", WANDB_RUN_ID: "id7", WANDB_TAGS: "x,y", WANDB_NOTES: "note" },
    ...{ WANDB_RUN_GROUP: "group", WANDB_JOB_TYPE: "eval", WANDB_RESUME: "allow" },
  });
  const recording = await Recording.start(temporaryFolder());
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("WANDB_") && name !== "WANDB_API_KEY") delete process.env[name];
  }
  recording.log({ m: 1 });
  await recording.restart();
  await recording.finish();
  delete process.env.WANDB_API_KEY;
  const run = stub.state.runs["team/a-b/id7"];
  assert.equal(
    [run?.displayName, run?.tags, run?.notes, run?.group, run?.jobType, run?.complete],
    ["named", ["x", "y"], "note", "group", "eval", true],
  );
  assert.match(recording.warnings.join(), '"a-b"');
});

test("options that make no sense are refused before anything starts", async ({ stub }) => {
  const bad: WandbOptions[] = [
    { mode: "shared" as "online" },
    { resume: "maybe" as "must" },
    { id: "a/b" },
    { id: "" },
    { baseUrl: "no url" },
    { baseUrl: "http://user:secret@host" },
  ];
  for (const options of bad) {
    const failure = await start(stub, options).catch((error: unknown) => error);
    assert.is((failure as { code?: string }).code, "OPTION_INVALID", JSON.stringify(options));
    assert.not.match((failure as Error).message, "secret");
  }
});

test.run();
