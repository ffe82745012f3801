import { TrackerUnreachableError } from "@acc/core/tracker";
import { suite, type Test } from "uvu";
import * as assert from "uvu/assert";
import { TrackioServer } from "./trackio-server.ts";

/** A suite whose tests have a server each. */
export function serverSuite(title: string): Test<{ server: TrackioServer }> {
  const test = suite<{ server: TrackioServer }>(title);
  test.before.each(async (context) => {
    context.server = await TrackioServer.start();
  });
  test.after.each(({ server }) => server.close());
  return test;
}

/** The error of a delivery that is not done, but is no failure of its events. */
export async function refused(delivery: Promise<unknown>): Promise<TrackerUnreachableError> {
  const error = await delivery.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, TrackerUnreachableError);
  return error as TrackerUnreachableError;
}
