import { AcceleratorError, type RecordedSettings } from "@acc/core/tracker";
import type { CometOptions } from "./options.ts";
import { resolvePlace } from "./settings.ts";
import type { CometState } from "./state.ts";

/**
 * Settings of a run that another machine recorded, with the address and the folder of this machine's environment.
 *
 * @throws {AcceleratorError} `TRACKER_INVALID` for a run that goes to an archive on that machine.
 */
export function adopt({ options, state }: RecordedSettings): RecordedSettings {
  const { urlOverride, offlineDirectory, ...own } = options as CometOptions;
  if (state === undefined) return { options: own, state };
  const { directory, ...saved } = state as CometState;
  if (saved.archive) {
    throw new AcceleratorError(
      "TRACKER_INVALID",
      "Comet's archive of this run is made on the machine that recorded it: deliver it there",
    );
  }
  return {
    options: own,
    state: { ...saved, settings: { ...saved.settings, ...resolvePlace({}, true) } },
  };
}
