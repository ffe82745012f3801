import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { drawFigure } from "../src/index.ts";
import { reasonOf, svgOf, vegaLite } from "./drawn.ts";

const test = suite("a specification of a stranger");

test("loads neither files nor addresses, whatever names them", async () => {
  const secret = join(mkdtempSync(join(tmpdir(), "figures-")), "secret.json");
  writeFileSync(secret, '[{"a":"the secret"}]');
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    response.end('[{"a":"the secret"}]');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
  const encoding = { text: { field: "a" } };
  server.unref();
  for (const url of [secret, pathToFileURL(secret).href, address]) {
    const remote = vegaLite({ mark: "text", data: { url }, encoding });
    assert.match(await reasonOf(remote), /it asks for data at .*, which is not loaded/);
    const lookup = { lookup: "a", from: { data: { url }, key: "a", fields: ["a"] } };
    const joined = { mark: "text", data: { values: [{ a: 1 }] }, transform: [lookup], encoding };
    assert.match(await reasonOf(vegaLite(joined)), "it asks for data");
    const image = { mark: { type: "image", url }, data: { values: [{ a: 1 }] } };
    const linked = { mark: { type: "point", href: url }, data: { values: [{ a: 1 }] } };
    for (const spec of [image, linked]) {
      const drawing = await drawFigure(vegaLite(spec), "png");
      assert.ok("picture" in drawing);
      assert.not.match(await svgOf(vegaLite(spec)), url);
    }
  }
  assert.equal(asked, []);
});

test("runs no code of its own", async () => {
  const expressions = [
    "constructor.constructor('return process')()",
    "toString.constructor('return 1')()",
    "datum.a.constructor.constructor('return process.env')()",
  ];
  for (const calculate of expressions) {
    const transform = [{ calculate, as: "b" }];
    const spec = {
      mark: "text",
      data: { values: [{ a: 1 }] },
      transform,
      encoding: { text: { field: "b" } },
    };
    assert.match(await reasonOf(vegaLite(spec)), "Vega cannot draw it");
  }
});

test("makes no picture that is too large, and nonsense has a reason", async () => {
  const values = [{ a: 1 }];
  const huge = { mark: "bar", width: 1e9, data: { values } };
  assert.match(await reasonOf(vegaLite(huge)), /a picture of 1\d+ × \d+ is too large/);
  assert.match(
    await reasonOf(vegaLite({ mark: "nonsense", data: { values } })),
    "Vega cannot draw it",
  );
  const endless = { sequence: { start: 0, stop: 1e12, as: "q" } };
  assert.match(await reasonOf(vegaLite({ mark: "point", data: endless })), "Invalid array length");
});

test.run();
