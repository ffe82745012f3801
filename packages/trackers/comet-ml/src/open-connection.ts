import { TrackerUnreachableError } from "@acc/core";
import { ServiceError } from "@acc/tracker-kit";
import { ClientlibConnection } from "./clientlib-connection.ts";
import { type CometService, refusalCode } from "./comet-service.ts";
import type { CometConnection, ConnectionIdentity } from "./connection.ts";
import { RestConnection } from "./rest-connection.ts";
import type { CometSettings } from "./settings.ts";

/** Comet's number for "there is an experiment of that key". */
const KEY_IS_TAKEN = 90999;

export type OpenConnectionOptions = {
  readonly service: CometService;
  readonly settings: CometSettings;
  readonly isReplay: boolean;
  /** The experiment that this recording opened before, perhaps in another process. */
  readonly previous: ConnectionIdentity | undefined;
  /** An earlier attempt may have made the experiment without getting to know of it. */
  readonly mayExist: boolean;
};

/**
 * Opens the experiment: the one of this recording if there is one, else as `mode` says.
 *
 * @throws {TrackerUnreachableError} `permanent` if the service refuses, with its reason.
 */
export async function openConnection(
  options: OpenConnectionOptions,
  signal: AbortSignal,
): Promise<CometConnection> {
  try {
    return await open(options, signal);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new TrackerUnreachableError(`The experiment cannot be opened. ${error.message}`, {
      cause: error,
      permanent: true,
    });
  }
}

async function open(
  { service, settings, isReplay, previous, mayExist }: OpenConnectionOptions,
  signal: AbortSignal,
): Promise<CometConnection> {
  if (previous) {
    const { key, protocol, isResumed } = previous;
    if (protocol === "rest") return new RestConnection(service, previous);
    const { identity } = await ClientlibConnection.resume(service, { key, isReplay }, signal);
    const same = { ...identity, isResumed };
    return new ClientlibConnection({ service, isReplay, identity: same });
  }
  const { experimentKey: key, mode, isOwnKey, projectName, workspace } = settings;
  try {
    if (mode === "get") return await ClientlibConnection.resume(service, { key, isReplay }, signal);
    const experiment = { key, projectName, workspace, isReplay };
    return await ClientlibConnection.create(service, experiment, signal);
  } catch (error) {
    if (isMissing(error)) {
      // A service without the addresses of Comet's own client.
      return isOwnKey
        ? RestConnection.create(service, settings, signal)
        : RestConnection.resume(service, key, signal);
    }
    const isOurs = isOwnKey || mayExist;
    if (refusalCode(error) !== KEY_IS_TAKEN || (mode === "create" && !isOurs)) throw error;
    const { identity } = await ClientlibConnection.resume(service, { key, isReplay }, signal);
    const same = { ...identity, isResumed: !isOurs };
    return new ClientlibConnection({ service, isReplay, identity: same });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof ServiceError && [404, 405, 410].includes(error.status);
}
