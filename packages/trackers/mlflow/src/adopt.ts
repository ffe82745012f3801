import type { RecordedSettings } from "@acc/core/tracker";
import type { MlflowOptions } from "./options.ts";
import type { MlflowState } from "./state.ts";

/**
 * Settings of a run that another machine recorded, without server and folders. The run is found again at the server of
 * this machine's environment, by the tag that it has there.
 */
export function adopt({ options, state }: RecordedSettings): RecordedSettings {
  const { trackingUri: _server, artifactLocation, username, ...own } = options as MlflowOptions;
  const { trackingUri, opened, intent, ...saved } = (state ?? {}) as MlflowState;
  if (!intent) return { options: own, state: saved };
  const { artifactLocation: _folder, ...wanted } = intent;
  return { options: own, state: { ...saved, intent: wanted } };
}
