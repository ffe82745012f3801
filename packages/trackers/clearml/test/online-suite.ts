import { suite, type Test } from "uvu";
import type { ClearMLOptions } from "../src/options.ts";
import { ClearMLServer } from "./clearml-server.ts";
import { Recording } from "./recording.ts";
import type { StoredEvent } from "./stored-events.ts";

/** A suite whose tests have a server each. */
export function onlineSuite(title: string): Test<{ server: ClearMLServer }> {
  const test = suite<{ server: ClearMLServer }>(title);
  test.before.each(async (context) => {
    context.server = await ClearMLServer.start();
  });
  test.after.each(({ server }) => server.close());
  return test;
}

/** A run that is recorded on the server. */
export function newRun(
  { url }: ClearMLServer,
  options: ClearMLOptions = {},
  projectName = "proj A/sub",
): Recording {
  const hosts = { apiHost: url, webHost: url, filesHost: url };
  const keys = { accessKey: "key", secretKey: "secret" };
  return new Recording({ projectName, options: { ...hosts, ...keys, offline: false, ...options } });
}

/** Iteration of a value that has none. */
export const SINGLE = -2147483648;

export function pointsOf(events: readonly StoredEvent[]): unknown[][] {
  return events.map(({ metric, variant, iter, value }) => [metric, variant, iter, value]);
}
