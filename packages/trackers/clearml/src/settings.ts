import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type HoconObject, parseHocon } from "./hocon.ts";
import type { ClearMLOptions } from "./options.ts";

/** Where the servers are, and the keys for them. Read anew in every process and never stored. */
export type Connection = {
  readonly apiHost: string;
  readonly webHost: string;
  readonly filesHost: string;
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;
  /** A token that takes the place of the keys. */
  readonly authToken: string | undefined;
};

/** Addresses without keys, as a run keeps them. */
export type Hosts = Pick<Connection, "apiHost" | "webHost" | "filesHost">;

export type Environment = Readonly<Record<string, string | undefined>>;

const HOSTED: Hosts = {
  apiHost: "https://api.clear.ml",
  webHost: "https://app.clear.ml",
  filesHost: "https://files.clear.ml",
};

/**
 * Options first, then the environment, then the configuration file, then what the run was begun with.
 *
 * @param warn told if the configuration file cannot be read.
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

/** Whether a variable such as `CLEARML_OFFLINE_MODE` says yes. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(1|true|yes|on|y|t)$/i.test(value.trim());
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
    if (given || !isAbsent)
      warn(
        `ClearML's configuration file ${path}: ${error instanceof Error ? error.message : String(error)}`,
      );
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
