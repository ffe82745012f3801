import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CometOptions } from "../src/options.ts";
import { type CometSettings, findApiKey, findUrl, resolveSettings } from "../src/settings.ts";

const test = suite("Comet settings");
const environment = { ...process.env };
const settle = (options: CometOptions = {}): CometSettings =>
  resolveSettings(options, { projectName: "proj", runId: "a".repeat(32) });

test.before.each(() => {
  for (const name of Object.keys(process.env))
    if (name.startsWith("COMET_")) delete process.env[name];
  process.env.HOME = mkdtempSync(join(tmpdir(), "acc-comet-home-"));
});
test.after(() => {
  process.env = environment;
});

test("the defaults when nothing is set", () => {
  assert.equal(settle(), {
    experimentKey: "a".repeat(32),
    isOwnKey: true,
    projectName: "proj",
    workspace: null,
    name: null,
    tags: [],
    mode: "get_or_create",
    online: true,
    offlineDirectory: resolve(".cometml-runs"),
    url: "https://www.comet.com",
  });
  assert.is(findApiKey({}), undefined);
});

test("options count before the environment, that before the configuration file", () => {
  const file = join(process.env.HOME as string, ".comet.config");
  const lines = [
    "[other]",
    "workspace = no",
    "[comet]",
    "api_key= from-file",
    'workspace = "file space"',
    "offline_directory=file-runs",
  ];
  writeFileSync(file, lines.join("\r\n"));
  assert.is(settle().workspace, "file space");
  assert.is(settle().offlineDirectory, resolve("file-runs"));
  assert.is(findApiKey({}), "from-file");
  Object.assign(process.env, {
    COMET_API_KEY: "from-environment",
    COMET_WORKSPACE: "space",
    COMET_PROJECT_NAME: "elsewhere",
    COMET_START_ONLINE: "0",
    COMET_START_MODE: "create",
    COMET_START_EXPERIMENT_NAME: "named",
    COMET_START_EXPERIMENT_TAGS: "a, b,",
    COMET_OFFLINE_DIRECTORY: "/runs",
    COMET_EXPERIMENT_KEY: "b".repeat(50),
    COMET_URL_OVERRIDE: "http://comet.test:5000/clientlib/",
  });
  assert.equal(settle(), {
    experimentKey: "b".repeat(50),
    isOwnKey: false,
    projectName: "proj",
    workspace: "space",
    name: "named",
    tags: ["a", "b"],
    mode: "create",
    online: false,
    offlineDirectory: "/runs",
    url: "http://comet.test:5000",
  });
  assert.is(
    resolveSettings({}, { projectName: "", runId: "a".repeat(32) }).projectName,
    "elsewhere",
  );
  assert.is(findApiKey({}), "from-environment");
  const given: CometOptions = {
    ...{ apiKey: "given", workspace: "w", projectName: "p", name: "n", tags: ["t"] },
    ...{ mode: "get", online: true, offlineDirectory: "/d", experimentKey: "c".repeat(32) },
    urlOverride: "https://host/comet/clientlib",
  };
  assert.equal(settle(given), {
    experimentKey: "c".repeat(32),
    isOwnKey: false,
    projectName: "p",
    workspace: "w",
    name: "n",
    tags: ["t"],
    mode: "get",
    online: true,
    offlineDirectory: "/d",
    url: "https://host/comet",
  });
  assert.is(findApiKey(given), "given");
});

test("COMET_CONFIG names a file or the folder of one, before the one at home", () => {
  const folder = mkdtempSync(join(tmpdir(), "acc-comet-config-"));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, ".comet.config"), "[comet]\nworkspace=there\n");
  writeFileSync(join(process.env.HOME as string, ".comet.config"), "[comet]\nworkspace=home\n");
  for (const path of [folder, join(folder, ".comet.config")]) {
    process.env.COMET_CONFIG = path;
    assert.is(settle().workspace, "there");
  }
  process.env.COMET_CONFIG = join(folder, "missing");
  assert.is(settle().workspace, "home");
});

test("in acc sync the address in a stranger's folder does not get a key from elsewhere", () => {
  const before = process.cwd();
  process.chdir(mkdtempSync(join(tmpdir(), "acc-comet-folder-")));
  const config = "[comet]\nurl_override=https://thief.test/clientlib/\n";
  writeFileSync(".comet.config", config);
  process.env.COMET_API_KEY = "mine";
  assert.is(findUrl({}), "https://thief.test/clientlib/", "while training, as Comet's client does");
  assert.is(findUrl({}, true), undefined);
  delete process.env.COMET_API_KEY;
  writeFileSync(join(process.env.HOME as string, ".comet.config"), "[comet]\napi_key=mine\n");
  writeFileSync(".comet.config", `${config}api_key=theirs\n`);
  assert.is(findUrl({}, true), undefined);
  writeFileSync(join(process.env.HOME as string, ".comet.config"), "");
  assert.is(findUrl({}, true), "https://thief.test/clientlib/", "the key is from that file too");
  process.chdir(before);
});

test("refuses what Comet would refuse, naming the option", () => {
  const faults: [CometOptions, RegExp][] = [
    [{ experimentKey: "short" }, /experimentKey must be 32 to 50 letters and digits; got "short"/],
    [{ experimentKey: `${"a".repeat(31)}-` }, /experimentKey/],
    [{ mode: "always" as "get" }, /mode must be one of get_or_create, get, create/],
    [{ mode: "get" }, /experimentKey must be the experiment to continue/],
    [{ tags: "a" as unknown as string[] }, /tags must be a list of strings/],
    [{ urlOverride: "comet.test" }, /urlOverride must be an address/],
    [{ urlOverride: "https://me:pass@host/clientlib/" }, /address without user name[^@]*$/],
  ];
  for (const [options, message] of faults) {
    assert.throws(
      () => settle(options),
      (error: { code: string; message: string }) =>
        error.code === "OPTION_INVALID" && message.test(error.message),
    );
  }
});

test.run();
