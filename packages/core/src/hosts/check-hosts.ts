import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import type { OptionRules } from "../options/option-rule.ts";
import type { HostsOptions, TransportSource } from "./transport.ts";

const RULES: OptionRules<HostsOptions> = {
  host: { integerFrom: 0 },
  hosts: { integerFrom: 2, to: 32_767 },
  name: "string",
  names: "strings",
  replicasOf: "any",
  transport: "object",
};

const SOURCE_RULES: OptionRules<TransportSource> = { module: "string", data: "any" };

/**
 * @param numProcesses as the caller has given it.
 * @throws {AcceleratorError} `OPTION_INVALID`, `NUM_PROCESSES_INVALID`.
 */
export function checkHosts(options: HostsOptions, numProcesses: number | undefined): void {
  checkOptions("launch, hosts", options, RULES);
  checkOptions("launch, hosts.transport", options.transport, SOURCE_RULES);
  const { host, hosts, names, replicasOf } = options;
  if (host >= hosts) throw invalid(`host must be below hosts, which is ${hosts}, got ${host}`);
  if (names.length !== hosts)
    throw invalid(
      `names must have the name of each of the ${hosts} hosts, got ${foundText(names)}`,
    );
  const isCount = (count: unknown): boolean => Number.isInteger(count) && Number(count) >= 1;
  if (!Array.isArray(replicasOf) || replicasOf.length !== hosts || !replicasOf.every(isCount)) {
    throw invalid(
      `replicasOf must have the number of replicas of each of the ${hosts} hosts, got ${foundText(replicasOf)}`,
    );
  }
  if (numProcesses === undefined || numProcesses === replicasOf[host]) return;
  throw new AcceleratorError(
    "NUM_PROCESSES_INVALID",
    `numProcesses is ${foundText(numProcesses)}, but replicasOf gives host ${host} ${replicasOf[host]} replicas. Leave numProcesses ` +
      "out where hosts is given.",
  );
}

function invalid(text: string): AcceleratorError {
  return new AcceleratorError("OPTION_INVALID", `launch: hosts.${text}.`);
}
