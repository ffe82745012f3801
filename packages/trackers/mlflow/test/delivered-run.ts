import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NonsenseSubject } from "@acc/test-kit/faults/nonsense";
import { Recording } from "./recording.ts";
import { StubServer } from "./stub-server.ts";

/** A run of several kinds of events, from the outside: for tests of what a service answers. */
export function deliveredRun(): NonsenseSubject {
  return {
    startService: async () => {
      const server = new StubServer();
      const url = await server.start();
      const held = () =>
        JSON.stringify(server.held)
          .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "id")
          .replaceAll(/(utc_time_created: )[\d-]+ [\d:.]+/g, "$1now");
      return { url, held, stop: () => server.stop() };
    },
    newRun: async (url) => {
      const recording = new Recording();
      const file = join(recording.folder, "model.bin");
      writeFileSync(file, "weights");
      recording.log({ type: "config", values: { lr: 0.1 } });
      recording.log({ type: "metrics", values: { m: 1, text: "a" }, context: {} }, 0);
      const image = { data: new Uint8Array(4), shape: [2, 2] };
      recording.log({ type: "images", values: { image }, context: {} }, 1);
      const artifact = { name: "model", path: file };
      recording.log({ type: "artifact", artifact, context: {} }, 1);
      recording.log({ type: "call", method: "deleteTag", args: ["x"], context: {} });
      recording.log({ type: "metrics", values: { m: 2 }, context: {} }, 2);
      const native = (await recording.open({ trackingUri: url })).tracker;
      native.logInput({ name: "digits", source: "https://example.com/digits.csv" });
      native.logModel(file, { name: "net" });
      const options = { trackingUri: url };
      let tracker = await recording.open(options);
      return {
        attempt: async () => {
          await recording.deliver(tracker);
          await tracker.finish("success");
          recording.state = tracker.state();
        },
        restart: async () => {
          tracker = await recording.open(options);
        },
      };
    },
  };
}
