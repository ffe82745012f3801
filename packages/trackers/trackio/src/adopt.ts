import { AcceleratorError, type RecordedSettings } from "@acc/core/tracker";
import type { TrackioOptions } from "./options.ts";
import { targetOf } from "./settings.ts";
import type { TrackioState } from "./state.ts";

/**
 * Settings of a run that another machine recorded, with the server or Space of this machine's environment.
 *
 * @throws {AcceleratorError} `TRACKER_INVALID` for a run in a folder of that machine, or where this one names no server.
 */
export function adopt({ options, state }: RecordedSettings): RecordedSettings {
  const { dir: _dir, serverUrl: _server, spaceId: _space, ...own } = options as TrackioOptions;
  if (state === undefined) return { options: own, state };
  const saved = state as TrackioState;
  if (saved.settings.target.mode === "local") {
    throw new AcceleratorError(
      "TRACKER_INVALID",
      "Trackio's run is in a folder of the machine that recorded it: deliver it there",
    );
  }
  const target = targetOf({}, process.env);
  if (!target) {
    throw new AcceleratorError(
      "TRACKER_INVALID",
      "Trackio's run goes to a server: name yours in TRACKIO_SERVER_URL or TRACKIO_SPACE_ID",
    );
  }
  return { options: own, state: { ...saved, settings: { ...saved.settings, target } } };
}
