import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Environment, messageOf } from "@acc/tracker-kit";
import type { ClearMLOptions } from "../options.ts";
import type { Hosts } from "../state.ts";
import { type HoconObject, parseHocon } from "./hocon.ts";

/** The addresses of the servers and the keys. Read again in every process and never stored. */
export type Connection = Hosts & {
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;
  /** A token that replaces the keys. */
  readonly authToken: string | undefined;
};

const HOSTED: Hosts = {
  apiHost: "https://api.clear.ml",
  webHost: "https://app.clear.ml",
  filesHost: "https://files.clear.ml",
};

/**
 * The addresses of the servers: options first, then the environment, the configuration file, and the addresses of the
 * first process.
 *
 * @param warn is called if the configuration file cannot be read.
 */
export function resolveConnection(
  options: ClearMLOptions,
  env: Environment,
  begun: Hosts | undefined,
  warn: (message: string) => void,
): Connection {
  const file = readConfiguration(env, warn);
  const host = (option: string | undefined, variable: string, key: string, name: keyof Hosts) =>
    (option || env[variable] || textAt(file, "api", key) || begun?.[name] || HOSTED[name]).replace(
      /\/+$/,
      "",
    );
  const key = (option: string | undefined, variable: string, name: string) =>
    option || env[variable] || textAt(file, "api", "credentials", name);
  return {
    apiHost: host(options.apiHost, "CLEARML_API_HOST", "api_server", "apiHost"),
    webHost: host(options.webHost, "CLEARML_WEB_HOST", "web_server", "webHost"),
    filesHost: host(options.filesHost, "CLEARML_FILES_HOST", "files_server", "filesHost"),
    accessKey: key(options.accessKey, "CLEARML_API_ACCESS_KEY", "access_key"),
    secretKey: key(options.secretKey, "CLEARML_API_SECRET_KEY", "secret_key"),
    authToken: env.CLEARML_AUTH_TOKEN || undefined,
  };
}

/** The folder of offline sessions. */
export function offlineFolder(options: ClearMLOptions, env: Environment): string {
  const cache = options.cacheDir || env.CLEARML_CACHE_DIR || "~/.clearml";
  return resolve(expandHome(cache, env), "offline");
}

function readConfiguration(env: Environment, warn: (message: string) => void): HoconObject {
  const given = env.CLEARML_CONFIG_FILE;
  const path = expandHome(given || "~/clearml.conf", env);
  try {
    return parseHocon(readFileSync(path, "utf8"), env);
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (given || !isAbsent) warn(`ClearML's configuration file ${path}: ${messageOf(error)}`);
    return {};
  }
}

function textAt(file: HoconObject, ...path: string[]): string | undefined {
  let value: HoconObject | string | undefined = file;
  for (const key of path) {
    if (typeof value !== "object" || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return typeof value === "string" ? value : undefined;
}

function expandHome(path: string, env: Environment): string {
  return path.startsWith("~") ? join(env.HOME || homedir(), path.slice(1)) : path;
}
