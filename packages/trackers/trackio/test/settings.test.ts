import { homedir } from "node:os";
import { join } from "node:path";
import { TestRun } from "@acc/core/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { adopt } from "../src/adopt.ts";
import type { TrackioOptions } from "../src/options.ts";
import { type RunSettings, resolveSettings } from "../src/settings.ts";
import { TrackioTracker } from "../src/tracker.ts";

const test = suite("Trackio: where a run is recorded");

function settingsOf(options: TrackioOptions, env: Record<string, string> = {}): RunSettings {
  const run = new TestRun({ id: "0123456789abcdef0123456789abcdef" }).attach();
  return resolveSettings({ projectName: "proj", loggingDir: undefined, options, run }, env);
}

function folderOf(options: TrackioOptions, env: Record<string, string>): string | undefined {
  const { target } = settingsOf(options, env);
  return target.mode === "local" ? target.dir.path : undefined;
}

test("in Trackio's folder, unless a server or a Space is named", () => {
  assert.is(folderOf({ dir: "/a" }, { TRACKIO_DIR: "/b" }), "/a");
  assert.is(folderOf({}, { TRACKIO_DIR: "/b", HF_HOME: "/c" }), "/b");
  assert.is(folderOf({}, { HF_HOME: "/c" }), "/c/trackio");
  assert.is(folderOf({}, {}), join(homedir(), ".cache/huggingface/trackio"));
  assert.equal(settingsOf({}, { TRACKIO_SERVER_URL: "http://host:1/?write_token=secret" }).target, {
    ...{ mode: "server", baseUrl: "http://host:1" },
  });
  const space = { TRACKIO_SPACE_ID: "Me/My_Space.1", TRACKIO_SERVER_URL: "http://host:1" };
  assert.equal(settingsOf({}, space).target, {
    ...{ mode: "space", baseUrl: "https://me-my-space-1.hf.space" },
  });
});

test("project and run have names that Trackio takes", () => {
  assert.equal([settingsOf({}).project, settingsOf({}).name], ["proj", "proj-01234567"]);
  assert.is(settingsOf({ project: "registry-x" }).project, "_registry-x");
});

test("options and addresses that cannot be right are refused, without a key in the message", () => {
  const refusals: [TrackioOptions, RegExp][] = [
    [{ resume: "must" }, /needs the name/],
    [{ serverUrl: "http://host/?write_token=secret" }, /TRACKIO_WRITE_TOKEN/],
    [{ serverUrl: "http://me:secret@host/" }, /TRACKIO_WRITE_TOKEN/],
  ];
  for (const [options, message] of refusals) {
    const run = new TestRun().attach();
    const create = () =>
      new TrackioTracker({ projectName: "p", loggingDir: undefined, options, run });
    assert.throws(create, (error: Error & { code: string }) => {
      assert.not.match(error.message, "secret");
      return error.code === "OPTION_INVALID" && message.test(error.message);
    });
  }
  assert.throws(() => settingsOf({ spaceId: "space" }), /"user\/space"/);
  assert.throws(() => settingsOf({ serverUrl: "host:7860" }), /http:\/\/ or https:\/\//);
  assert.throws(() => settingsOf({}, { TRACKIO_SERVER_URL: "http://a:b@host" }), /no user name/);
});

test("a run that another machine recorded goes to this machine's server, or is refused", () => {
  const saved = { ...process.env };
  const recorded = { ...settingsOf({ serverUrl: "http://theirs" }), name: "run" };
  const state = { settings: recorded, writer: 0 };
  const options = { serverUrl: "http://theirs", dir: "/theirs", name: "run" };
  try {
    delete process.env.TRACKIO_SERVER_URL;
    delete process.env.TRACKIO_SPACE_ID;
    assert.throws(() => adopt({ options, state }), /TRACKIO_SERVER_URL/);
    process.env.TRACKIO_SERVER_URL = "http://mine";
    const adopted = adopt({ options, state });
    assert.equal(adopted.options, { name: "run" });
    const { target, name } = (adopted.state as typeof state).settings;
    assert.equal([target, name], [{ mode: "server", baseUrl: "http://mine" }, "run"]);
    const local = { settings: settingsOf({ dir: "/theirs" }), writer: 0 };
    assert.throws(() => adopt({ options, state: local }), /deliver it there/);
  } finally {
    process.env = saved;
  }
});

test.run();
