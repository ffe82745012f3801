import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NonsenseSubject } from "@acc/test-kit/faults/nonsense";
import { cleanEnvironment } from "./online-suite.ts";
import { Recording } from "./recording.ts";
import { SwanLabServer } from "./swanlab-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A run of several kinds of events, from the outside: for tests of what a service answers. */
export function deliveredRun(): NonsenseSubject {
  cleanEnvironment();
  const folder = temporaryFolder();
  const file = join(folder, "model.bin");
  writeFileSync(file, "weights");
  return {
    startService: async () => {
      const server = await SwanLabServer.start();
      const held = () => ({
        experiments: [...server.experiments.values()].map(({ body, ...experiment }) => experiment),
        series: server.series,
        media: Object.keys(server.objects).filter((path) => path.startsWith("media/")),
      });
      return { url: server.url, held, stop: () => server.stop() };
    },
    newRun: async (url) => {
      const options = { apiHost: url, id: "run1", transmitIntervalMs: 0 };
      const recording = await Recording.start(folder, options);
      recording.post({ type: "config", values: { lr: 0.1 } });
      recording.log({ m: 1, text: "a" }, 0);
      const context = recording.context(1);
      const image = { data: new Uint8Array(4), shape: [2, 2] };
      recording.post({ type: "images", values: { image }, context });
      recording.post({ type: "artifact", artifact: { name: "model", path: file }, context });
      recording.log({ m: 2 }, 2);
      return { attempt: () => recording.finish(), restart: () => recording.restart() };
    },
  };
}
