import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { AcceleratorError, type TrackerCreation } from "@acc/core/tracker";
import { type Environment, type SavedPath, savedPath, wellFormed } from "@acc/tracker-kit";
import { storableProject } from "./format/project-name.ts";
import type { TrackioOptions, TrackioResume } from "./options.ts";

/** Where a run is recorded. */
export type Target =
  | { readonly mode: "local"; readonly dir: SavedPath }
  | { readonly mode: "server"; readonly baseUrl: string }
  | { readonly mode: "space"; readonly baseUrl: string };

/** Everything decided when a run begins; plain JSON without keys, the same in every process that goes on with it. */
export type RunSettings = {
  readonly project: string;
  readonly name: string;
  readonly group?: string;
  readonly resume: TrackioResume;
  readonly target: Target;
};

/** @throws {AcceleratorError} `OPTION_INVALID` for an address that is none. */
export function resolveSettings(
  { projectName, run, ...creation }: TrackerCreation,
  env: Environment = process.env,
): RunSettings {
  const options = creation.options as TrackioOptions;
  const wanted = wellFormed(options.project ?? projectName);
  const project = storableProject(wanted);
  if (project !== wanted) {
    run.warn(`Trackio does not take the project "${wanted}": it is recorded as "${project}".`);
  }
  return {
    project,
    name: wellFormed(options.name || `${project}-${run.id.slice(0, 8)}`),
    ...(options.group === undefined ? {} : { group: wellFormed(options.group) }),
    resume: options.resume ?? "never",
    target: targetOf(options, env) ?? localTarget(options, env, run.folder),
  };
}

/** The server or Space that is named; undefined if none is. @throws {AcceleratorError} `OPTION_INVALID` for an address that is none. */
export function targetOf(
  options: Pick<TrackioOptions, "serverUrl" | "spaceId">,
  env: Environment,
): Exclude<Target, { mode: "local" }> | undefined {
  const spaceId = options.spaceId || env.TRACKIO_SPACE_ID;
  if (spaceId) return { mode: "space", baseUrl: spaceUrl(spaceId) };
  const serverUrl = options.serverUrl || env.TRACKIO_SERVER_URL;
  return serverUrl ? { mode: "server", baseUrl: serverBase(serverUrl) } : undefined;
}

/** The folder of Hugging Face, which holds Trackio's own and the token of `hf auth login`. */
export function hubFolder(env: Environment): string {
  return env.HF_HOME || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface");
}

function localTarget(
  { dir }: Pick<TrackioOptions, "dir">,
  env: Environment,
  runFolder: string,
): Target {
  const folder = resolve(dir || env.TRACKIO_DIR || join(hubFolder(env), "trackio"));
  return { mode: "local", dir: savedPath(folder, runFolder) };
}

/** The address of a Space, as the Hub gives it. */
function spaceUrl(spaceId: string): string {
  if (!/^[\w.-]+\/[\w.-]+$/.test(spaceId)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `trackio: a Space is named by its owner and its name, "user/space"; got ${JSON.stringify(spaceId)}.`,
    );
  }
  return `https://${spaceId.toLowerCase().replaceAll(/[/_.]/g, "-")}.hf.space`;
}

/** Without a slash at the end, and without the token that `trackio show` adds. */
function serverBase(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw new AcceleratorError(
      "OPTION_INVALID", // the text itself may hold a token
      "trackio: the address of the server must begin with http:// or https://, and hold no user name and password.",
    );
  }
  url.search = "";
  url.hash = "";
  return url.href.replace(/\/+$/, "");
}
