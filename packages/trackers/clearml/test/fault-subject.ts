import type { FaultSubject } from "../../../../tools/peers/faults/faults.mjs";
import type { ClearMLServer } from "./clearml-server.ts";

/** A server, for the faults that every tracker of a service must survive. */
export function faultSubject(server: ClearMLServer): FaultSubject {
  return {
    ...{ tracker: "clearml", folder: "clearml", port: Number(new URL(server.url).port) },
    env: (port: number) => ({
      ...{ CLEARML_API_HOST: `http://127.0.0.1:${port}`, CLEARML_OFFLINE_MODE: "0" },
      ...{ CLEARML_FILES_HOST: server.url, CLEARML_WEB_HOST: server.url },
      ...{ CLEARML_API_ACCESS_KEY: "key", CLEARML_API_SECRET_KEY: "secret" },
    }),
    read: () =>
      server
        .stored("training_stats_scalar")
        .sort((a, b) => a.iter - b.iter)
        .map(({ value }) => value ?? Number.NaN),
  };
}
