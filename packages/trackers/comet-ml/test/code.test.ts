import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CometOptions } from "../src/options.ts";
import { codeFolder, commitsOf, PASSWORD } from "./code-folder.ts";
import { CometServer } from "./comet-server.ts";
import { readArchive } from "./read-archive.ts";
import { readRequests } from "./read-requests.ts";
import { KEY, Recording, RUN_ID } from "./recording.ts";

const test = suite("code and git at Comet");
const folder = codeFolder();
const script = join(folder, "train.py");

const record = (server: CometServer, options: CometOptions = {}) =>
  new Recording({ apiKey: KEY, urlOverride: server.url, ...options }, RUN_ID, script);

const filesOf = (server: CometServer) =>
  [...readRequests(server.requests, RUN_ID).files.values()]
    .map(({ name, type, step, bytes }) => [name.replace(folder, "…"), type, step, bytes])
    .sort(); // files are sent side by side
const gitOf = (server: CometServer) =>
  server.requests.filter(({ path }) => path.endsWith("/git/metadata")).map(({ json }) => json);

test("the state of the checkout is sent once, without the password of its remote", async () => {
  await CometServer.during(async (server) => {
    const recording = record(server);
    recording.post({ type: "metrics", values: { m: 1 }, context: { step: 1 } });
    await recording.deliverRest();
    recording.restart();
    recording.post({ type: "metrics", values: { m: 2 }, context: { step: 2 } });
    await recording.finish();
    const [parent, root] = commitsOf(folder);
    assert.equal(gitOf(server), [
      {
        ...{ experimentKey: RUN_ID, user: "Somebody", root, branch: "refs/heads/main", parent },
        origin: "https://example.com/team/repo.git",
      },
    ]);
    assert.equal(filesOf(server), [], "code is sent if it is asked for");
    const all = JSON.stringify([server.requests, recording.state, recording.events]);
    assert.not.match(all, new RegExp(PASSWORD));
  });
});

test("a service that refuses it gets everything else; logGitMetadata: false sends none", async () => {
  await CometServer.during(async (server) => {
    const body = JSON.stringify({ code: 400, sdk_error_code: 0, msg: "unknown" });
    server.disturb = ({ path }) =>
      path.endsWith("/git/metadata") ? { kind: "answer", status: 400, body } : undefined;
    const recording = record(server);
    recording.post({ type: "metrics", values: { m: 1 }, context: { step: 1 } });
    await recording.finish();
    assert.is(readRequests(server.requests, RUN_ID).metrics.length, 1);
    assert.match(recording.warnings.join("\n"), /Comet cannot hold the state of the git checkout/);
  });
  await CometServer.during(async (server) => {
    await record(server, { logGitMetadata: false }).finish();
    assert.equal(gitOf(server), []);
  });
});

test("logCode keeps the script, a file, or the code below a folder, once", async () => {
  await CometServer.during(async (server) => {
    let fails = 2;
    server.disturb = ({ path }) => {
      const isSpoiled = path.endsWith("asset/upload") && fails-- > 0;
      return isSpoiled ? { kind: "drop", recorded: true } : undefined;
    };
    const recording = record(server, { logCode: true });
    await recording.started;
    const native = recording.tracker.tracker;
    native.setStep(3);
    native.logCode(join(folder, "src"));
    native.logCode(join(folder, "src/keys.json"));
    for (let attempt = 0; attempt < 3; attempt++) await recording.deliverRest().catch(() => {});
    await recording.finish();
    assert.equal(filesOf(server), [
      ["…/src/a.txt", "source_code", undefined, 2],
      ["…/src/keys.json", "source_code", undefined, PASSWORD.length],
      ["…/src/net.ts", "source_code", undefined, 11],
      ["…/train.py", "source_code", undefined, 9],
    ]);
  });
});

test("a service with the documented interface alone gets both", async () => {
  await CometServer.during(async (server) => {
    server.isRestOnly = true;
    const recording = record(server, { logCode: true });
    await recording.finish();
    assert.is(gitOf(server).length, 1);
    const uploads = server.requests.filter(({ path }) => path.endsWith("/upload-asset"));
    assert.equal(
      uploads.map(({ query }) => query.type),
      ["source_code"],
    );
  });
});

test("archives hold both", async () => {
  const offlineDirectory = mkdtempSync(join(tmpdir(), "acc-comet-archive-"));
  const options = { online: false, offlineDirectory, logCode: true };
  await new Recording(options, RUN_ID, script).finish();
  const { messages, files } = readArchive(offlineDirectory);
  const git = messages.find(({ type }) => type === "git_metadata")?.payload.git_metadata;
  assert.equal([git.repo_name, git.status, git.branch], ["repo", null, "refs/heads/main"]);
  const code = messages.find(({ payload }) => payload.upload_type === "source_code")?.payload;
  assert.equal(Buffer.from(files[code.file_path] ?? []).toString(), "print(2)\n");
  assert.equal(code.metadata, { source_code_type: "manual" });
});

test("what is no code is an error where it is logged", () => {
  const recording = new Recording({ online: false, offlineDirectory: folder });
  const native = recording.tracker.tracker;
  const many = join(folder, "many");
  mkdirSync(many);
  for (let file = 0; file <= 1000; file++) writeFileSync(join(many, `${file}.js`), "");
  assert.throws(() => native.logCode(), /no script is known/);
  assert.throws(() => native.logCode(join(folder, "none")), /no file or folder at/);
  const empty = mkdtempSync(join(tmpdir(), "acc-comet-empty-"));
  writeFileSync(join(empty, "keys.json"), "{}");
  assert.throws(() => native.logCode(empty), /holds no code \(\.ts, /);
  assert.throws(() => native.logCode(many), /more than 1000 files/);
  assert.throws(() => native.logCode(7 as unknown as string), /must be a text, got 7/);
  assert.equal(recording.events, []);
});

test.run();
