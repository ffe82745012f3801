import type { RecordedSettings } from "@acc/core/tracker";
import type { AimOptions } from "./options.ts";

/**
 * Settings of a run that another machine recorded, without the repository: it goes to the one in its logging directory
 * on this machine.
 */
export function adopt({ options, state }: RecordedSettings): RecordedSettings {
  const { repo, artifactsUri, headers, ...own } = options as AimOptions;
  return { options: own, state };
}
