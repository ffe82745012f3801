import { suite, type Test } from "uvu";
import type { SwanLabOptions } from "../src/options.ts";
import { Recording } from "./recording.ts";
import { KEY, SwanLabServer } from "./swanlab-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Leaves none of the machine's settings, but a key. */
export function cleanEnvironment(): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("SWANLAB_")) delete process.env[name];
  }
  process.env.SWANLAB_API_KEY = KEY;
  process.env.SWANLAB_ROOT = temporaryFolder();
}

/** A suite whose tests have a server each. */
export function onlineSuite(title: string): Test<{ server: SwanLabServer }> {
  const test = suite<{ server: SwanLabServer }>(title);
  test.before.each(async (context) => {
    cleanEnvironment();
    context.server = await SwanLabServer.start();
  });
  test.after.each(({ server }) => server.stop());
  return test;
}

/** A run that is recorded at the server. */
export function start(
  server: SwanLabServer,
  options: SwanLabOptions = {},
  folder = temporaryFolder(),
): Promise<Recording> {
  return Recording.start(folder, { apiHost: server.url, transmitIntervalMs: 0, ...options });
}
