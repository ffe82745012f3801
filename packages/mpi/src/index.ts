export { driveHosts, type HostChoice } from "./driver/drive-hosts.ts";
export type { LauncherLimits } from "./driver/run-launcher.ts";
export { type HostRun, runOnHosts } from "./join/run-on-hosts.ts";
export { type LauncherRank, launcherRank } from "./launcher-rank.ts";
