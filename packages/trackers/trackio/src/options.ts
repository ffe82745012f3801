import { AcceleratorError, type OptionRules } from "@acc/core/tracker";

/** Options of the tracker, for `initTrackers(…, { initOptions: { trackio: … } })`; named as those of `trackio.init`. */
export type TrackioOptions = {
  /** Default: the project's name. */
  readonly project?: string;
  /** Name of the run. Default: the project's name and the beginning of the run's id. */
  readonly name?: string;
  /** Runs of one group are shown together. */
  readonly group?: string;
  /**
   * Whether to go on with the latest run of that name: `"never"`, `"allow"` if there is one, or `"must"`. Default `"never"`.
   */
  readonly resume?: TrackioResume;
  /** Folder in which Trackio keeps runs. Default `TRACKIO_DIR`, then `trackio` in the folder of Hugging Face. */
  readonly dir?: string;
  /** Address of a server, as `trackio show` prints it, without its token. Default `TRACKIO_SERVER_URL`. */
  readonly serverUrl?: string;
  /** Hugging Face Space with Trackio, such as `"user/space"`; it wins over a server. Default `TRACKIO_SPACE_ID`. */
  readonly spaceId?: string;
  /** Token of the server. Default that of `TRACKIO_SERVER_URL`, then `TRACKIO_WRITE_TOKEN`. Never written to disk. */
  readonly writeToken?: string;
  /** Token that may write to the Space. Default `HF_TOKEN`, then the file of `hf auth login`. Never written to disk. */
  readonly hfToken?: string;
};

export type TrackioResume = "never" | "allow" | "must";

/** Options of one call, for `log(…, { logOptions: { trackio: … } })`. */
export type TrackioLogOptions = {
  /** Captions of the images of the call, in their order. */
  readonly captions?: string[];
  /** Names of the artifact's version besides `latest`, such as `"best"`. */
  readonly aliases?: string[];
  /** Text about the artifact. */
  readonly description?: string;
  /** Values kept with the artifact's version. */
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
};

export const TRACKIO_OPTION_RULES: OptionRules<TrackioOptions> = {
  project: "string",
  name: "string",
  group: "string",
  resume: { oneOf: ["never", "allow", "must"] },
  dir: "string",
  serverUrl: "string",
  spaceId: "string",
  writeToken: "string",
  hfToken: "string",
};

export const TRACKIO_LOG_OPTION_RULES: OptionRules<TrackioLogOptions> = {
  captions: "strings",
  aliases: "strings",
  description: "string",
  metadata: "object",
};

/** @throws {AcceleratorError} `OPTION_INVALID` for options that do not go together, or an address that holds a key. */
export function requireOptions({ resume, name, serverUrl }: TrackioOptions): void {
  if (resume === "must" && name === undefined) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      'trackio: resume "must" needs the name of the run that goes on: give it as name.',
    );
  }
  if (serverUrl !== undefined && /[?&]write_token=|^\w+:\/\/[^/]*@/.test(serverUrl)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      "trackio: serverUrl holds a token or password. Give the token as writeToken or in TRACKIO_WRITE_TOKEN: the address " +
        "is written to the journal.",
    );
  }
}
