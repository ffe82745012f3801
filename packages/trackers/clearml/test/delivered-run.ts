import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NonsenseSubject } from "@acc/test-kit/faults/nonsense";
import { ClearMLServer } from "./clearml-server.ts";
import { newRun } from "./online-suite.ts";

/** A run of several kinds of events, from the outside: for tests of what a service answers. */
export function deliveredRun(): NonsenseSubject {
  return {
    startService: async () => {
      const server = await ClearMLServer.start();
      const held = () => ({
        tasks: [...server.tasks.values()].map(({ status, hyperparams, execution, models }) => ({
          ...{ status, hyperparams },
          artifacts: execution.artifacts?.map(({ key }) => key),
          models: models.output.map(({ name }) => name),
        })),
        events: [...server.events.values()]
          .map(({ type, iter, metric, variant, value, msg }) => ({
            ...{ type, iter, metric, variant, value, msg },
          }))
          .map((event) => JSON.stringify(event))
          .sort(),
        models: server.models.size,
        files: server.files.size,
      });
      return { url: server.url, held, stop: () => server.close() };
    },
    newRun: async (url) => {
      const recording = newRun({ url } as ClearMLServer);
      const file = join(recording.folder, "model.bin");
      writeFileSync(file, "weights");
      const at = (step: number) => ({ step, wallTimeMs: recording.startedMs + step });
      recording.post({ type: "config", values: { lr: 0.1 } });
      recording.post({ type: "metrics", values: { m: 1, text: "a" }, context: at(0) });
      const image = { data: new Uint8Array(4), shape: [2, 2] };
      recording.post({ type: "images", values: { image }, context: at(1) });
      const artifact = { name: "model", path: file };
      recording.post({ type: "artifact", artifact, context: at(1) });
      recording.post({ type: "metrics", values: { m: 2 }, context: at(2) });
      let tracker = await recording.open();
      tracker.tracker.updateOutputModel(file, { name: "net" });
      return {
        attempt: async () => {
          await recording.deliver(tracker);
          await tracker.finish("success");
          recording.state = tracker.state();
        },
        restart: async () => {
          tracker = await recording.open(true);
        },
      };
    },
  };
}
