import { resolve } from "node:path";
import { AcceleratorError } from "@acc/core/tracker";
import { isTrue } from "@acc/tracker-kit";
import { readConfigFiles } from "./config-file.ts";
import type { CometMode, CometOptions } from "./options.ts";

/** The destination of an experiment; plain JSON without the API key, kept for every process that goes on with it. */
export type CometSettings = {
  readonly experimentKey: string;
  /** True if the key is the id of the run, so no other run has it; false if the user chose it. */
  readonly isOwnKey: boolean;
  readonly projectName: string;
  readonly workspace: string | null;
  readonly name: string | null;
  readonly tags: readonly string[];
  readonly mode: CometMode;
  readonly online: boolean;
  /** Absolute. */
  readonly offlineDirectory: string;
  /** Root of the service, without a slash at the end. */
  readonly url: string;
};

const DEFAULT_URL = "https://www.comet.com/clientlib/";
const MODES: readonly string[] = ["get_or_create", "get", "create"];

/**
 * Resolves the options: those of the program, then the environment, then Comet's configuration files.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` naming the option.
 */
export function resolveSettings(
  options: CometOptions,
  { projectName, runId }: { readonly projectName: string; readonly runId: string },
): CometSettings {
  const file = readConfigFiles();
  const find = (name: string) => process.env[`COMET_${name.toUpperCase()}`] || file(name);
  const chosenKey = options.experimentKey ?? find("experiment_key");
  const mode = options.mode ?? find("start_mode") ?? "get_or_create";
  const tags = options.tags ?? find("start_experiment_tags")?.split(",") ?? [];
  if (chosenKey !== undefined && !/^[A-Za-z0-9]{32,50}$/.test(chosenKey)) {
    throw invalid("experimentKey", "32 to 50 letters and digits", chosenKey);
  }
  if (!MODES.includes(mode)) throw invalid("mode", `one of ${MODES.join(", ")}`, mode);
  if (mode === "get" && chosenKey === undefined) {
    throw invalid("experimentKey", "the experiment to continue, because mode is get", chosenKey);
  }
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== "string")) {
    throw invalid("tags", "a list of strings", tags);
  }
  return {
    experimentKey: chosenKey ?? runId,
    isOwnKey: chosenKey === undefined,
    projectName: options.projectName ?? (projectName || find("project_name") || "general"),
    workspace: options.workspace ?? find("workspace") ?? null,
    name: options.name ?? find("start_experiment_name") ?? find("experiment_name") ?? null,
    tags: tags.map((tag: string) => tag.trim()).filter((tag) => tag !== ""),
    mode: mode as CometMode,
    online: options.online ?? isTrue(find("start_online") ?? "true"),
    ...resolvePlace(options),
  };
}

/** The address and the folder of archives. @throws {AcceleratorError} `OPTION_INVALID` if it is not an address. */
export function resolvePlace(
  options: Pick<CometOptions, "urlOverride" | "offlineDirectory">,
  isReplay = false,
): Pick<CometSettings, "offlineDirectory" | "url"> {
  const folder = process.env.COMET_OFFLINE_DIRECTORY || readConfigFiles()("offline_directory");
  return {
    offlineDirectory: resolve(options.offlineDirectory ?? folder ?? ".cometml-runs"),
    url: rootOf(findUrl(options, isReplay) ?? DEFAULT_URL),
  };
}

/**
 * The address as the user gave it, if they did: another process may reach the service elsewhere.
 *
 * @param isReplay true in `acc sync`, which may be called in a folder of a stranger: the address in that folder's
 *   `.comet.config` does not count then if the key comes from elsewhere.
 */
export function findUrl(options: CometOptions, isReplay = false): string | undefined {
  const withFolder = !isReplay || findApiKey(options, false) === undefined;
  const { COMET_URL_OVERRIDE } = process.env;
  return options.urlOverride ?? (COMET_URL_OVERRIDE || readConfigFiles(withFolder)("url_override"));
}

/** The key, read when it is needed. */
export function findApiKey(options: CometOptions, withFolder = true): string | undefined {
  return options.apiKey ?? (process.env.COMET_API_KEY || readConfigFiles(withFolder)("api_key"));
}

/** @throws {AcceleratorError} `OPTION_INVALID` if it is not an address, or has a password, which would be stored. */
export function rootOf(url: string): string {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw invalid("urlOverride", "an address such as https://comet.example.com/clientlib/", url);
  }
  const { username, password } = new URL(url);
  if (username !== "" || password !== "") {
    throw invalid("urlOverride", "an address without user name and password", "one with them");
  }
  return url.replace(/\/+$/, "").replace(/\/clientlib$/, "");
}

function invalid(option: string, wanted: string, found: unknown): AcceleratorError {
  return new AcceleratorError(
    "OPTION_INVALID",
    `comet_ml: ${option} must be ${wanted}; got ${JSON.stringify(found)}.`,
  );
}
