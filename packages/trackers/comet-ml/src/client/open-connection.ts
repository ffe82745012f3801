import { TrackerUnreachableError } from "@acc/core/tracker";
import { concerningRun, ServiceError } from "@acc/tracker-kit";
import type { CometSettings } from "../settings.ts";
import { ClientlibConnection } from "./clientlib-connection.ts";
import type { CometConnection, ConnectionIdentity } from "./connection.ts";
import { RestConnection } from "./rest-connection.ts";
import { type CometService, refusalCode } from "./service.ts";

/** Comet's number for "there is an experiment of that key". */
const KEY_IS_TAKEN = 90999;

export type OpenConnectionOptions = {
  readonly service: CometService;
  readonly settings: CometSettings;
  readonly isReplay: boolean;
  /** The experiment that this run opened before, perhaps in another process. */
  readonly previous: ConnectionIdentity | undefined;
  /** An earlier attempt may have made the experiment, and the answer was lost. */
  readonly mayExist: boolean;
};

/**
 * Opens the experiment of this run if there is one, otherwise as `mode` says.
 *
 * @throws {TrackerUnreachableError} `permanent` if the service refuses, with its reason.
 */
export function openConnection(
  options: OpenConnectionOptions,
  signal: AbortSignal,
): Promise<CometConnection> {
  return concerningRun(
    open(options, signal),
    (refusal) => `The experiment cannot be opened. ${refusal}`,
  );
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
  // Whoever answers there: a proxy in front of such a service may say that it does not know the address.
  const answer = error instanceof TrackerUnreachableError ? error.cause : error;
  return answer instanceof ServiceError && [404, 405, 410].includes(answer.status);
}
