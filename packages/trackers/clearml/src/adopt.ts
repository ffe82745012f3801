import { AcceleratorError, type RecordedSettings } from "@acc/core/tracker";
import { resolveConnection } from "./client/connection.ts";
import type { ClearMLOptions } from "./options.ts";
import type { RunState } from "./state.ts";

/**
 * Settings of a run that another machine recorded, with the servers of this machine's environment.
 *
 * @throws {AcceleratorError} `TRACKER_INVALID` for a session in a folder of that machine.
 */
export function adopt({ options, state }: RecordedSettings): RecordedSettings {
  const {
    apiHost: _api,
    webHost: _web,
    filesHost: _files,
    cacheDir,
    ...own
  } = options as ClearMLOptions;
  if (state === undefined) return { options: own, state };
  const saved = state as RunState;
  if (saved.target.mode === "offline") {
    throw new AcceleratorError(
      "TRACKER_INVALID",
      "ClearML's offline session is in a folder of the machine that recorded it: deliver it there",
    );
  }
  // What is wrong with the configuration file is said when it is read for the connection.
  const { apiHost, webHost, filesHost } = resolveConnection({}, process.env, undefined, () => {});
  return { options: own, state: { ...saved, hosts: { apiHost, webHost, filesHost } } };
}
