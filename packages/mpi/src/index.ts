export { type HostRun, runOnHosts } from "./join/run-on-hosts.ts";
export { type LauncherRank, launcherRank } from "./launcher-rank.ts";
