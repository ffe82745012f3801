import { resolve } from "node:path";
import { AcceleratorError } from "@acc/core";
import type { CometMode, CometOptions } from "./comet-options.ts";
import { readConfigFiles } from "./config-file.ts";

/** Where an experiment goes; plain JSON without the key, so that another process can go on with it. */
export type CometSettings = {
  readonly experimentKey: string;
  /** Whether the user chose the key; else it is the id of the recording and cannot be anyone else's. */
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
 * Settles the options: what the code says, then the environment, then Comet's configuration files.
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
    throw invalid("experimentKey", "the experiment to go on with, as mode is get", chosenKey);
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
    online: options.online ?? isTrue(find("start_online")) ?? true,
    offlineDirectory: resolve(
      options.offlineDirectory ?? find("offline_directory") ?? ".cometml-runs",
    ),
    url: rootOf(findUrl(options) ?? DEFAULT_URL),
  };
}

/** The address as the user gave it, if they did: another process may reach the service elsewhere. */
export function findUrl(options: CometOptions): string | undefined {
  return (
    options.urlOverride ?? (process.env.COMET_URL_OVERRIDE || readConfigFiles()("url_override"))
  );
}

/** The key, read when it is needed. */
export function findApiKey(options: CometOptions): string | undefined {
  return options.apiKey ?? (process.env.COMET_API_KEY || readConfigFiles()("api_key"));
}

/** @throws {AcceleratorError} `OPTION_INVALID` if it is no address, or one with a password, which would be stored. */
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

function isTrue(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : /^(1|true|yes|on|y|t)$/i.test(text.trim());
}

function invalid(option: string, wanted: string, found: unknown): AcceleratorError {
  return new AcceleratorError(
    "OPTION_INVALID",
    `comet_ml: ${option} must be ${wanted}; got ${JSON.stringify(found)}.`,
  );
}
