import { createRequire } from "node:module";
import { availableParallelism, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { tryBackends } from "../backend/select-backend.ts";
import { messageOf } from "../errors.ts";
import { locateAllTrackers } from "../trackers/select/load-plugin.ts";

/** The facts about the machine that a bug report needs. */
export type Environment = {
  readonly versions: Readonly<Record<string, string>>;
  readonly platform: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly backends: readonly BackendStatus[];
  readonly trackers: readonly string[];
};

type BackendStatus = {
  readonly name: string;
  readonly works: boolean;
  /** Whether `backend: "auto"` chooses it. */
  readonly isAuto: boolean;
  readonly reason: string;
};

/** Examines the machine as a training script in the working directory would see it. */
export async function describeEnvironment(): Promise<Environment> {
  const attempts = await tryBackends();
  const auto = attempts.find(({ works }) => works);
  return {
    versions: {
      "@acc/core": versionOf("../../package.json"),
      "Node.js": process.versions.node,
      "@tensorflow/tfjs-core": versionOf("@tensorflow/tfjs-core/package.json"),
    },
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    backends: attempts.map((attempt) => ({ ...attempt, isAuto: attempt === auto })),
    trackers: locateAllTrackers(undefined).map(({ name }) => name),
  };
}

/** The environment as lines that can be pasted into an issue. */
export function formatEnvironment(environment: Environment): string {
  const { versions, platform, cores, memoryGiB, backends, trackers } = environment;
  const width = Math.max(...backends.map(({ name }) => name.length));
  return [
    ...Object.entries(versions).map(([name, version]) => `- ${name}: ${version}`),
    `- Platform: ${platform}, ${cores} cores, ${memoryGiB} GiB`,
    `- Trackers installed: ${trackers.join(", ") || "none"}`,
    "- Backends:",
    ...backends.map((backend) =>
      `  - ${backend.name.padEnd(width)}  ${describeStatus(backend)}`.trimEnd(),
    ),
    "",
  ].join("\n");
}

function describeStatus({ works, isAuto, reason }: BackendStatus): string {
  const status = works ? "works" : "does not work";
  return `${status}${isAuto ? "; auto takes it" : ""}${reason === "" ? "" : `: ${reason}`}`;
}

function versionOf(manifest: string): string {
  try {
    const require = createRequire(fileURLToPath(import.meta.url));
    return (require(manifest) as { version: string }).version;
  } catch (error) {
    return `unknown (${messageOf(error).split("\n", 1)[0]})`;
  }
}
