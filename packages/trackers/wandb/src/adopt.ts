import { AcceleratorError, type RecordedSettings } from "@acc/core/tracker";
import type { WandbOptions } from "./options.ts";
import { resolvePlace } from "./settings.ts";
import type { WandbState } from "./state.ts";

/**
 * Settings of a run that another machine recorded, with the server and the folder of this machine's environment.
 *
 * @throws {AcceleratorError} `TRACKER_INVALID` for a run that is partly in a folder of that machine.
 */
export function adopt({ options, state }: RecordedSettings): RecordedSettings {
  const { baseUrl, dir, ...own } = options as WandbOptions;
  if (state === undefined) return { options: own, state };
  const { dir: _moved, ...saved } = state as WandbState;
  if (saved.offline) {
    throw new AcceleratorError(
      "TRACKER_INVALID",
      "W&B's offline run is in a folder of the machine that recorded it: deliver it there, or with wandb sync",
    );
  }
  return {
    options: own,
    state: { ...saved, settings: { ...saved.settings, ...resolvePlace({}) } },
  };
}
