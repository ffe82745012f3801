import { constants } from "node:os";

/** With which code a process ends that a signal has ended, as shells count: 130 for SIGINT, 143 for SIGTERM. */
export function exitCodeOfSignal(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}
