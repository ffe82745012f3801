import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NonsenseSubject } from "@acc/test-kit/faults/nonsense";
import { Recording } from "./recording.ts";
import { TrackioServer } from "./trackio-server.ts";

/** A run of several kinds of events, from the outside: for tests of what a server answers. */
export function deliveredRun(): NonsenseSubject {
  return {
    startService: async () => {
      const server = await TrackioServer.start();
      const held = () => ({
        rows: [...server.rows.values()].map(({ run, step, metrics }) => ({
          ...{ run, step, names: Object.keys(metrics), m: metrics.m },
        })),
        configs: [...server.configs.values()].map(({ lr }) => lr),
        alerts: [...server.alerts.values()].map(({ title }) => title),
        system: [...server.system.values()].map(({ metrics }) => metrics),
        artifacts: server.artifacts.map(({ name, version }) => [name, version]),
        files: [...server.media.values(), ...server.blobs.values()].map(({ length }) => length),
      });
      return { url: server.url, held, stop: () => server.close() };
    },
    newRun: async (url) => {
      const recording = Recording.at({ url });
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
      const call = (method: string, ...args: (string | null | { load: number })[]) =>
        recording.post({ type: "call", method, args, context: at(3) });
      call("alert", "Look", null, "warn");
      call("logSystem", { load: 0.5 });
      let tracker = await recording.open();
      return {
        attempt: () => recording.complete(tracker),
        restart: async () => {
          tracker = await recording.open(true);
        },
      };
    },
  };
}
