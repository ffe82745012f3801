import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { html } from "@acc/core";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import type { RunDetail, RunList } from "../../src/wire/schema.ts";
import { recordRun } from "../record-run.ts";
import { type AskOptions, type OpenPage, openPage, TOKEN } from "./open-page.ts";

const test = suite("attacks on the server of the page");
const outside = mkdtempSync(join(tmpdir(), "acc-ui-attack-"));
const folder = join(outside, "runs");
const SECRET = "the secret of another folder";
const SCRIPT = "<script>fetch('/')</script>";
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>`;
let page: OpenPage;
let detail: RunDetail;

test.before(async () => {
  mkdirSync(folder);
  writeFileSync(join(outside, "secret.txt"), SECRET);
  const files = {
    "page.html": `<html>${SCRIPT}</html>`,
    "picture.svg": SVG,
    "both.png": `\x89PNG\r\n\x1a\n${SCRIPT}`,
    "notes.txt": SCRIPT,
    'quote".js': "alert(1)",
  };
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(outside, name), text, "latin1");
  await recordRun(
    folder,
    {
      project: `${SCRIPT}\u202e../../etc`,
      config: { [SCRIPT]: SCRIPT, __proto__x: "a".repeat(10_000) },
    },
    (accelerator) => {
      accelerator.log({ [`${SCRIPT}/../../x`]: 1, constructor: 2 }, { step: 0 });
      accelerator.log({ [SCRIPT]: SCRIPT }, { step: 1 });
      for (const name of Object.keys(files)) accelerator.logArtifact(join(outside, name));
      accelerator.logMedia({ [`../${SCRIPT}`]: html(SCRIPT) }, { step: 2 });
    },
  );
  // A stranger's run folder may hold links: what they lead to is not part of the run.
  const [name = ""] = readdirSync(join(folder, ".acc")).filter((entry) => entry !== ".gitignore");
  const artifacts = join(folder, ".acc", name, "artifacts");
  const stored = readdirSync(artifacts, { recursive: true }).map(String);
  const victim = stored.find((path) => path.endsWith("notes.txt")) as string;
  rmSync(join(artifacts, victim));
  symlinkSync(join(outside, "secret.txt"), join(artifacts, victim));
  page = await openPage(folder, ["gpu-box.example"]);
  const { runs } = (await page.json("/api/runs")) as RunList;
  detail = (await page.json(`/api/run/${runs[0]?.id}`)) as RunDetail;
});

test.after(async () => {
  await page?.close();
  rmSync(outside, { recursive: true, force: true });
});

test("no token, a wrong one, one in the address or in a cookie: no data", async () => {
  const none = { "x-acc-token": undefined };
  const wrong: AskOptions["headers"][] = [
    ...[none, { "x-acc-token": "" }, { "x-acc-token": TOKEN.slice(1) }],
    ...[{ "x-acc-token": `${TOKEN}0` }, { "x-acc-token": TOKEN.toUpperCase() }],
    ...[
      { ...none, cookie: `x-acc-token=${TOKEN}` },
      { ...none, authorization: `Bearer ${TOKEN}` },
    ],
  ];
  const paths = ["runs", "run/x", "series", "point", "text/x", "media/x/1/0", "events", "nothing"];
  for (const headers of wrong as NonNullable<AskOptions["headers"]>[]) {
    for (const path of paths) {
      const answer = await page.ask(`/api/${path}?token=${TOKEN}`, { headers });
      assert.is(answer.status, 401, `${path} ${JSON.stringify(headers)}`);
      assert.not.match(String(answer.body), TOKEN);
    }
  }
});

test("names of other hosts are refused, whatever port they have", async () => {
  const { port } = page;
  for (const host of [
    ...["evil.example", `evil.example:${port}`, "127.0.0.1.nip.io", "localhost.evil.example"],
    ...["127.0.0.1@evil.example", "[::2]", "0.0.0.0", "127.0.0.1:1:2", "localhost:x", "2130706433"],
  ]) {
    for (const path of ["/", "/api/runs"]) {
      const { status } = await page.ask(path, { headers: { host } });
      assert.is(status, 421, `${host}${path}`);
    }
  }
  for (const host of [
    ...["localhost", "LOCALHOST:99", `127.0.0.1:${port}`, "[::1]:7007", "gpu-box.example:8443"],
  ]) {
    assert.is((await page.ask("/api/runs", { headers: { host } })).status, 200, host);
  }
});

test("a page of another site gets nothing, even if it knew the token", async () => {
  const host = `127.0.0.1:${page.port}`;
  for (const headers of [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: `http://localhost:${page.port}`, host },
    { origin: "http://127.0.0.1:1", host },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ]) {
    assert.is((await page.ask("/api/runs", { headers })).status, 403, JSON.stringify(headers));
    const post = { method: "POST", body: "{}", headers };
    assert.is((await page.ask(`/api/note/${detail.run.id}`, post)).status, 403);
  }
  const own = { origin: `http://${host}`, host, "sec-fetch-site": "same-origin" };
  assert.is((await page.ask("/api/runs", { headers: own })).status, 200);
  // A link to the page itself is no harm: it holds no data.
  const link = { "sec-fetch-site": "cross-site", "x-acc-token": undefined };
  assert.is((await page.ask("/", { headers: link })).status, 200);
  const allowed = await page.ask("/api/runs", { method: "OPTIONS" });
  assert.is(allowed.headers["access-control-allow-origin"], undefined);
});

test("no path leads out of the page and the runs", async () => {
  const { id } = detail.run;
  for (const path of [
    ...["/../package.json", "/..%2fpackage.json", "/%2e%2e/package.json", "/app-/../index.html"],
    ...["//etc/passwd", "/index.html", "/page/index.html", "/\\..\\x", "/%00", "/api/../runs"],
    ...["/api/run/..", "/api/run/..%2f..%2fsecret.txt", `/api/run/${id}%00`, `/api/run/${id}/x`],
    ...[`/api/media/${id}/..%2f..%2fsecret.txt/0`, `/api/media/${id}/-1/0`, "/api/run/__proto__"],
    ...["/api/run/constructor", `/api/text/${id}%2f..`, "/api/%E0%A4%A", "/api"],
  ]) {
    const { status, body } = await page.ask(path);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    assert.not.match(String(body), SECRET);
    assert.not.match(String(body), outside);
  }
  const { status } = await page.ask(`http://evil.example/api/runs`);
  assert.is(status, 400);
});

test("a link in a stranger's run is not followed out of it", async () => {
  const item = detail.media.find(({ file }) => file?.name === "notes.txt");
  if (!item) throw new Error("The artifact is not listed.");
  const { status, body } = await page.ask(
    `/api/media/${detail.run.id}/${item.offset}/${item.index}`,
  );
  assert.is(status, 404);
  assert.not.match(String(body), SECRET);
});

test("what others made is for saving; a browser that is made to open it runs nothing", async () => {
  const types: Record<string, string> = {};
  for (const { kind, file, offset, index } of detail.media) {
    if (kind !== "file" || !file || file.name === "notes.txt") continue;
    const answer = await page.ask(`/api/media/${detail.run.id}/${offset}/${index}`);
    assert.is(answer.status, 200, file.name);
    types[file.name] = String(answer.headers["content-type"]);
    assert.match(String(answer.headers["content-security-policy"]), /^sandbox; default-src 'none'/);
    assert.is(answer.headers["x-content-type-options"], "nosniff");
    const disposition = String(answer.headers["content-disposition"]);
    assert.match(disposition, /^attachment; filename="[\w.-]+"; filename\*=UTF-8''[\w.%-]+$/);
  }
  assert.equal(types, {
    "page.html": "application/octet-stream",
    "picture.svg": "image/svg+xml",
    "both.png": "image/png",
    'quote".js': "application/octet-stream",
  });
});

test("a page that a run holds is for saving too: only the frame of our page shows it", async () => {
  const item = detail.media.find(({ kind }) => kind === "html");
  const answer = await page.ask(`/api/media/${detail.run.id}/${item?.offset}/${item?.index}`);
  assert.is(String(answer.body), SCRIPT);
  assert.is(answer.headers["content-type"], "application/octet-stream");
  assert.match(String(answer.headers["content-security-policy"]), /^sandbox; default-src 'none'/);
  assert.match(
    String(answer.headers["content-disposition"]),
    /^attachment; filename="[\w.-]+\.html"; /,
  );
});

test("every answer has the policy; errors too", async () => {
  for (const path of ["/", "/api/runs", "/api/none", "/none"]) {
    const { headers } = await page.ask(path);
    assert.match(
      String(headers["content-security-policy"]),
      /default-src 'none'.*script-src 'self'/,
    );
    assert.match(String(headers["content-security-policy"]), "require-trusted-types-for 'script'");
    assert.not.match(String(headers["content-security-policy"]), "unsafe");
    assert.is(headers["x-content-type-options"], "nosniff");
    assert.is(headers["referrer-policy"], "no-referrer");
    assert.is(headers["cross-origin-resource-policy"], "same-origin");
    assert.is(headers["access-control-allow-origin"], undefined);
  }
});

test("names that look like markup or paths come through as they are", () => {
  assert.is(detail.run.project, `${SCRIPT}\u202e../../etc`);
  assert.is(detail.run.config[SCRIPT], SCRIPT);
  assert.ok(Object.hasOwn(detail.run.keys, "constructor"));
  assert.ok(Object.hasOwn(detail.run.keys, `${SCRIPT}/../../x`));
});

test("only the methods that there are", async () => {
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    assert.is((await page.ask("/api/runs", { method })).status, 405, method);
    assert.is((await page.ask("/", { method })).status, method === "GET" ? 200 : 405, method);
  }
  assert.is((await page.ask(`/api/note/${detail.run.id}`)).status, 405);
});

test("huge requests end early", async () => {
  const long = await page.ask(`/api/runs?${"a".repeat(40_000)}`).catch(() => undefined);
  assert.ok(long === undefined || long.status === 431);
  const body = JSON.stringify({ note: "x".repeat(100_000) });
  const large = await page.ask(`/api/note/${detail.run.id}`, { method: "POST", body });
  assert.is(large.status, 413);
});

test.slow("clients that are slow, or many, do not keep others out", async () => {
  const sockets: Socket[] = [];
  try {
    for (let index = 0; index < 100; index++) {
      const socket = connect(page.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.resume();
      sockets.push(socket);
    }
    const [slow] = sockets as [Socket];
    slow.write("GET /api/runs HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    const started = performance.now();
    await once(slow, "close", { signal: AbortSignal.timeout(20_000) });
    assert.ok(performance.now() - started < 15_000);
    for (const socket of sockets) socket.destroy();
    assert.is((await page.ask("/api/runs")).status, 200);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

test.run();
