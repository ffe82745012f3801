import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Environment } from "@acc/tracker-kit";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { resolveConnection } from "../src/client/connection.ts";
import { parseHocon } from "../src/client/hocon.ts";
import { readToken } from "../src/client/token.ts";
import type { ClearMLOptions } from "../src/options.ts";
import { resolveSettings } from "../src/settings.ts";

const test = suite("ClearML settings");
const home = mkdtempSync(join(tmpdir(), "acc-clearml-home-"));

const CONF = `# ClearML SDK configuration file
api {
    # the api server, see http://localhost:8080/settings
    api_server: http://localhost:8008
    web_server: "https://app.example/"
    files_server = https://files.example // trailing
    credentials {"access_key": "AK#1", "secret_key": "x!$Xo{}"}
    verify_certificate: \${?NOT_SET}
}
sdk { storage { cache { default_base_dir: "~/.clearml/cache", size { max = 5 } }
  direct_access: [ # a list
    { url: "file://*" } ]
} }
api.http.max = 3
sdk.text = """a "b"
c"""
last = two words  # and a comment
`;

test("reads the configuration file that clearml-init writes", () => {
  const conf = parseHocon(CONF, {});
  assert.equal(conf, {
    api: {
      api_server: "http://localhost:8008",
      web_server: "https://app.example/",
      files_server: "https://files.example",
      credentials: { access_key: "AK#1", secret_key: "x!$Xo{}" },
      verify_certificate: "",
      http: { max: "3" },
    },
    sdk: {
      storage: { cache: { default_base_dir: "~/.clearml/cache", size: { max: "5" } } },
      text: 'a "b"\nc',
    },
    last: "two words",
  });
  assert.equal(parseHocon('{ "a": { b: $' + "{HOME_OF_X}/y } }", { HOME_OF_X: "/x" }), {
    a: { b: "/x/y" },
  });
});

for (const text of ["a {", "a = [1, ", '= "x"', "}", 'a = "x', "]"]) {
  test(`says in which line ${JSON.stringify(text)} is incomplete, and does not hang`, () => {
    assert.throws(() => parseHocon(`\n${text}`, {}), /line 2/);
  });
}

test("options win over the environment, that over the file, and that over how the run began", () => {
  const path = join(home, "clearml.conf");
  writeFileSync(path, CONF);
  const warnings: string[] = [];
  const resolve = (options: ClearMLOptions, env: Environment) =>
    resolveConnection(
      options,
      { HOME: home, ...env },
      { apiHost: "http://begun", webHost: "http://begun", filesHost: "http://begun" },
      (message) => warnings.push(message),
    );
  const fromFile = resolve({}, {});
  assert.equal(fromFile, {
    apiHost: "http://localhost:8008",
    webHost: "https://app.example",
    filesHost: "https://files.example",
    ...{ accessKey: "AK#1", secretKey: "x!$Xo{}", authToken: undefined },
  });
  const env = { CLEARML_API_HOST: "http://env/", CLEARML_API_ACCESS_KEY: "E" };
  assert.equal([resolve({}, env).apiHost, resolve({}, env).accessKey], ["http://env", "E"]);
  assert.is(resolve({ apiHost: "http://option" }, env).apiHost, "http://option");
  assert.is(resolve({}, { HOME: "/none" }).apiHost, "http://begun");
  assert.equal(warnings, []);
  assert.is(resolve({}, { CLEARML_CONFIG_FILE: "/none/x.conf" }).apiHost, "http://begun");
  assert.match(warnings[0] ?? "", "/none/x.conf");
});

test("a run keeps what it is called and where it goes, without keys", async () => {
  const run = {
    ...{ id: "a".repeat(32), startedMs: 1, folder: home, script: import.meta.filename },
    ...{ state: undefined, isReplay: false, save: async () => {}, post: () => {}, warn: () => {} },
  };
  const begin = (options: ClearMLOptions, env: Environment) =>
    resolveSettings(
      { projectName: "p", loggingDir: undefined, options, run },
      { HOME: home, ...env },
    );
  const env = { CLEARML_PROJECT: "A/B", CLEARML_TASK: "T", CLEARML_OFFLINE_MODE: "1" };
  const offline = await begin({}, { ...env, CLEARML_CACHE_DIR: "/cache" });
  assert.equal([offline.projectName, offline.taskName], ["A/B", "T"]);
  assert.equal(offline.target, {
    mode: "offline",
    folder: {
      path: `/cache/offline/offline-${run.id}`,
      fromRun: relative(home, `/cache/offline/offline-${run.id}`),
    },
    ...{ metricsBytes: 0, logBytes: 0, artifacts: [] },
    fields: { hyperparams: {}, configuration: {}, tags: [] },
  });
  assert.is(offline.script?.entry_point, "settings.test.ts");
  const online = await begin(
    { offline: false, continueTask: "t" },
    { ...env, CLEARML_SET_ITERATION_OFFSET: "7" },
  );
  assert.equal(online.target, { mode: "online", continueTask: "t", wantedOffset: 7 });
  assert.not.match(JSON.stringify(online), /AK#1|secret/);
  const error = await begin({ continueTask: "t", iterationOffset: 0.5 }, {}).catch(
    (reason) => reason,
  );
  assert.is(error.code, "OPTION_INVALID");
});

test("a token is renewed in time, by how long it lives and not by the server's clock", () => {
  const encode = (claims: object) =>
    `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
  const now = 1_000_000;
  assert.is(readToken(encode({ iat: 5, exp: 1005 }), now).renewMs, now + 640_000);
  assert.is(readToken(encode({ iat: 5, exp: 15 }), now).renewMs, now + 5000);
  assert.is(readToken(encode({ exp: 1100 }), now).renewMs, now + 50_000);
  assert.is(readToken("no token", now).renewMs, undefined);
  assert.is(readToken(encode({ api_version: "2.9" }), now).version, "2.9");
  assert.is(readToken(encode({ api_version: "2.31" }), now).version, "2.23");
});

test.run();
