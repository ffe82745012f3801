import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ServiceProject } from "./service-project.ts";
import { Strangers } from "./strangers.ts";

const test = suite("the secret of a machine, and who may read a run");
const strangers = new Strangers(test);

test("the secret is the user's own; without a home runs are recorded and delivered with --trust", async () => {
  await strangers.record();
  const key = join(strangers.project.home, "machine-key");
  assert.is(statSync(key).mode & 0o777, 0o600);
  chmodSync(key, 0o644);
  assert.is(
    (await strangers.project.acc(["sync"], strangers.env())).code,
    4,
    "others could read it",
  );
  chmodSync(key, 0o600);
  assert.is((await strangers.project.acc(["sync"], strangers.env())).code, 0);
  strangers.project = new ServiceProject();
  await strangers.record({ ACC_HOME: "/dev/null/none" });
  const homeless = strangers.env({ ACC_HOME: "/dev/null/none" });
  assert.is((await strangers.project.acc(["sync"], homeless)).code, 4);
  assert.is((await strangers.project.acc(["sync", "--trust", "runs"], homeless)).code, 0);
});

test("two runs that begin at once make one secret", async () => {
  const runs = [1, 2, 3, 4].map(() =>
    strangers.project.run(["log.mjs"], {
      SERVICE_URL: "http://127.0.0.1:9",
      DELIVERY_TIMEOUT: "0",
    }),
  );
  for (const { code, stderr } of await Promise.all(runs)) assert.is(code, 0, stderr);
  assert.equal(readdirSync(strangers.project.home), ["machine-key"]);
  const { code, stdout } = await strangers.project.acc(["sync"], strangers.env());
  assert.is(code, 0, stdout);
});

test("folders above a run are as the user's others are; the run is private", async () => {
  const run = await strangers.record();
  const umask = process.umask();
  const usual = 0o777 & ~umask;
  assert.is(statSync(join(strangers.project.folder, "runs")).mode & 0o777, usual);
  assert.is(statSync(join(strangers.project.folder, "runs/.acc")).mode & 0o777, usual);
  assert.is(statSync(run).mode & 0o777, 0o700);
});

test.run();
