import type { FigureData } from "@acc/core/tracker";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CometServer } from "./comet-server.ts";
import { readRequests } from "./read-requests.ts";
import { KEY, Recording } from "./recording.ts";

const test = suite("Comet: figures");

const CURVE: FigureData = { type: "plotly", spec: { data: [{ y: [1, 2] }] } };
const BARS: FigureData = {
  type: "vega-lite",
  spec: {
    ...{ mark: "bar", data: { values: [{ count: 3 }] } },
    encoding: { x: { field: "count", type: "quantitative" } },
  },
};
/** No picture of it is drawn. */
const SHARE: FigureData = { type: "plotly", spec: { data: [{ type: "pie", values: [1] }] } };

for (const isRestOnly of [false, true]) {
  const by = isRestOnly ? "the documented interface" : "the interface of Comet's client";
  test(`a figure is an SVG, or a page where it cannot be drawn: by ${by}`, async () => {
    const server = await CometServer.start();
    try {
      server.isRestOnly = isRestOnly;
      const online = { apiKey: KEY, urlOverride: server.url, workspace: "ws" };
      const recording = new Recording(online);
      const values = { "a/curve": CURVE, bars: BARS, share: SHARE };
      recording.post({ type: "figures", values, context: { step: 4 } });
      await recording.finish();
      const { files } = readRequests(server.requests, recording.tracker.tracker.getKey());
      const found = [...files.values()].map(({ name, step }) => [name, step]);
      assert.equal(found, [
        ["a/curve", "4"],
        ["bars", "4"],
        ["share.html", "4"],
      ]);
      const uploads = server.requests.filter(({ parts }) => parts !== undefined);
      assert.equal(
        uploads.map(({ query }) => query.extension),
        ["svg", "svg", "html"],
      );
      const contents = uploads.map(({ parts }) => parts?.find(({ name }) => name === "file")?.text);
      assert.match(contents[0] ?? "", /^<svg /);
      assert.match(contents[1] ?? "", /^<svg /);
      assert.match(contents[2] ?? "", /^<!doctype html>.*"pie"/is);
      assert.match(
        recording.warnings.join("\n"),
        'a picture of "share": "trace 0" is a trace of the type "pie"',
      );
    } finally {
      await server.stop();
    }
  });
}

test.run();
