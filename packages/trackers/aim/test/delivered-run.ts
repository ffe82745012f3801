import type { NonsenseSubject } from "@acc/test-kit/faults/nonsense";
import { createTracker, deliver, metrics, Recording } from "./recording.ts";
import { StubServer } from "./stub-server.ts";

/** A run of several kinds of events, from the outside: for tests of what a service answers. */
export function deliveredRun(): NonsenseSubject {
  return {
    startService: async () => {
      const stub = await StubServer.start();
      const held = () => [...stub.written].filter(([path]) => !path.includes("end_time")).sort();
      return { url: stub.url, held, stop: () => stub.stop() };
    },
    newRun: async (url) => {
      const recording = new Recording("0123456789abcdef0123456789abcdef");
      const events = [
        { type: "config", values: { lr: 0.1 } } as const,
        metrics({ m: 1, text: "a" }, 0),
        metrics({ m: 2 }, 1),
      ];
      let tracker = createTracker(recording, { repo: url, tags: ["t"] });
      return {
        attempt: async () => {
          await deliver(tracker, recording, events);
          await tracker.finish("success");
        },
        restart: async () => {
          tracker = createTracker(recording, { repo: url, tags: ["t"] });
        },
      };
    },
  };
}
