import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NonsenseSubject } from "@acc/test-kit/faults/nonsense";
import { startStub } from "./fixtures/vectors/stub.mjs";
import { KEY } from "./online-suite.ts";
import { Recording } from "./recording.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A run of several kinds of events, from the outside: for tests of what a service answers. */
export function deliveredRun(): NonsenseSubject {
  const folder = temporaryFolder();
  const file = join(folder, "model.bin");
  writeFileSync(file, "weights");
  return {
    startService: async () => {
      const stub = await startStub();
      const held = () =>
        Object.values(stub.state.runs).map(({ history, files, complete, exitcode }) => ({
          ...{ history, complete, exitcode },
          files: Object.keys(files).sort(),
          // A draft that was not committed is not seen by anybody.
          artifacts: Object.values(stub.state.artifacts)
            .filter(({ state }) => state === "COMMITTED")
            .map(({ files: kept }) => Object.keys(kept)),
        }));
      return { url: stub.url, held, stop: () => stub.close() };
    },
    newRun: async (url) => {
      const options = { baseUrl: url, apiKey: KEY, id: "run1", transmitIntervalMs: 0 };
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
