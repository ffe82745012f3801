import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestRun } from "@acc/core/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { apiKeyFor } from "../src/client/api-key.ts";
import type { SwanLabOptions } from "../src/options.ts";
import { resolveSettings } from "../src/settings.ts";
import { cleanEnvironment } from "./online-suite.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = suite("settings of a SwanLab run");
test.before.each(cleanEnvironment);

const run = () => new TestRun({ id: "0123456789abcdef0123456789abcdef" });
const resolved = (options: SwanLabOptions = {}, project = "proj") =>
  resolveSettings(project, options, run().attach());
const refused = (options: SwanLabOptions, message: RegExp) =>
  assert.throws(
    () => resolved(options),
    (error: { code: string; message: string }) =>
      error.code === "OPTION_INVALID" && message.test(error.message),
  );

test("have defaults that are the same for the same run", () => {
  const settings = resolved();
  assert.equal(settings, resolved());
  assert.match(settings.id, /^[0-9a-z]{8}$/);
  assert.equal(
    [settings.mode, settings.apiHost, settings.name, settings.resume, settings.public],
    ["online", "https://api.swanlab.cn", `run-${settings.id}`, "never", false],
  );
  assert.match(settings.logDir, /swanlog$/);
});

test("come from options, then from SwanLab's variables", () => {
  Object.assign(process.env, {
    ...{ SWANLAB_MODE: "cloud", SWANLAB_PROJ_NAME: "env", SWANLAB_WORKSPACE: "team" },
    ...{
      SWANLAB_EXP_NAME: "n",
      SWANLAB_TAGS: "a, b,",
      SWANLAB_RUN_ID: "id1",
      SWANLAB_RESUME: "MUST",
    },
    ...{ SWANLAB_API_HOST: "http://host:8000/api", SWANLAB_PUBLIC: "yes", SWANLAB_GROUP: "g" },
  });
  const settings = resolved({ project: "own", tags: ["x"] });
  const { logDir: _, color: __, ...rest } = settings;
  assert.equal(rest, {
    ...{ workspace: "team", group: "g", tags: ["x"], apiHost: "http://host:8000", mode: "online" },
    ...{ id: "id1", project: "own", public: true, name: "n", resume: "must" },
  });
  assert.equal(resolved().tags, ["a", "b"]);
});

test("that contradict each other, or that SwanLab refuses, are errors", () => {
  refused({ mode: "on" as "online" }, /"online", "offline" or "disabled", got "on"/);
  refused({ resume: "must" }, /needs the id/);
  refused({ resume: "never", id: "x" }, /makes a new id/);
  refused({ resume: "auto" as "must" }, /"allow", "must" or "never", got "auto"/);
  refused({ id: "a/b" }, /A run id of SwanLab/);
  refused({ id: "" }, /A run id of SwanLab/);
  refused({ color: "red" }, /looks like #528d59/);
  refused({ apiHost: "http://key@host" }, /SWANLAB_API_KEY/);
  refused({ apiHost: "http://" }, /no URL/);
});

test("a project name that SwanLab refuses becomes one that it takes, with a warning", () => {
  const testRun = run();
  const { project } = resolveSettings("my project/µ", {}, testRun.attach());
  assert.is(project, "my-project--");
  assert.match(testRun.warnings[0] ?? "", 'recorded in "my-project--"');
});

test("a stored login names the service, and its key goes nowhere else", () => {
  delete process.env.SWANLAB_API_KEY;
  const root = temporaryFolder();
  process.env.SWANLAB_ROOT = root;
  mkdirSync(root, { recursive: true });
  writeFileSync(
    join(root, ".netrc"),
    "machine http://lab.example/api\n\tlogin http://lab.example\n\tpassword stored-key\n",
  );
  assert.is(resolved().apiHost, "http://lab.example");
  assert.is(apiKeyFor("http://lab.example"), "stored-key");
  assert.throws(() => apiKeyFor("https://api.swanlab.cn"), /no SwanLab key for api.swanlab.cn/);
  process.env.SWANLAB_API_KEY = "another-key";
  assert.is(resolved().apiHost, "https://api.swanlab.cn");
});

test.run();
