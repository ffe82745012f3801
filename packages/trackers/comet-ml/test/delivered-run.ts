import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NonsenseSubject } from "@acc/test-kit/faults/nonsense";
import { CometServer } from "./comet-server.ts";
import { readRequests } from "./read-requests.ts";
import { KEY, Recording, RUN_ID } from "./recording.ts";

/** @param isRestOnly whether the service has the documented interface alone. */
export function deliveredRun(isRestOnly: boolean): NonsenseSubject {
  return {
    startService: async () => {
      const server = await CometServer.start();
      server.isRestOnly = isRestOnly;
      const held = () => {
        const keys = new Set(server.requests.map(({ json }) => json?.experimentKey ?? RUN_ID));
        const read = [...keys].map((key) => readRequests(server.requests, String(key)));
        return {
          metrics: read.flatMap(({ metrics }) => metrics),
          parameters: read.flatMap(({ parameters }) => parameters).length > 0,
          stopped: server.requests.some(
            ({ path, json }) => path.endsWith("/stop") || json?.is_alive === false,
          ),
          files: new Set(
            server.requests.filter(({ parts }) => parts).map(({ query }) => JSON.stringify(query)),
          ).size,
        };
      };
      return { url: server.url, held, stop: () => server.stop() };
    },
    newRun: async (url) => {
      const options = {
        apiKey: KEY,
        urlOverride: `${new URL(url).origin}/clientlib/`,
        workspace: "ws",
      };
      const recording = new Recording(options);
      const file = join(recording.folder, "model.bin");
      writeFileSync(file, "weights");
      recording.post({ type: "config", values: { lr: 0.1 } });
      const at = (step: number) => ({ step, wallTimeMs: 1_700_000_000_000 + step });
      recording.post({ type: "metrics", values: { m: 1, text: "a" }, context: at(0) });
      const image = { data: new Uint8Array(4), shape: [2, 2] };
      recording.post({ type: "images", values: { image }, context: at(1) });
      const artifact = { name: "model", path: file };
      recording.post({ type: "artifact", artifact, context: at(1) });
      recording.post({ type: "metrics", values: { m: 2 }, context: at(2) });
      return {
        attempt: () => recording.finish(),
        restart: async () => recording.restart(),
      };
    },
  };
}
