import { spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

export type MlflowServer = {
  readonly uri: string;
  /** Kills it at once; its data stay. */
  kill(): Promise<void>;
  /** Starts it again at the same address, with the same data. */
  restart(): Promise<void>;
  /** Kills it and removes its data. */
  remove(): Promise<void>;
};

const START_LIMIT_MS = 120_000;

/** A real `mlflow server` on loopback with SQLite and a folder of artifacts of its own. */
export async function startMlflowServer(
  python: string,
  {
    env = {},
    args = [],
    folder = mkdtempSync(join(tmpdir(), "acc-mlflow-server-")),
  }: { env?: Record<string, string>; args?: string[]; folder?: string } = {},
): Promise<MlflowServer> {
  const port = await freePort();
  const uri = `http://127.0.0.1:${port}`;
  const log = join(folder, "server.log");
  let child: ReturnType<typeof spawn> | undefined;

  const start = async () => {
    const output = openSync(log, "a");
    child = spawn(
      join(dirname(python), "mlflow"),
      [
        ...["server", "--backend-store-uri", `sqlite:///${join(folder, "mlflow.db")}`],
        ...["--artifacts-destination", join(folder, "artifacts"), "--workers", "1"],
        ...["--host", "127.0.0.1", "--port", String(port), ...args],
      ],
      {
        cwd: folder,
        detached: true, // its workers go with its process group
        stdio: ["ignore", output, output],
        env: {
          ...process.env,
          PATH: `${dirname(python)}:${process.env.PATH}`,
          MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
          MLFLOW_DISABLE_TELEMETRY: "true",
          ...env,
        },
      },
    );
    const until = Date.now() + START_LIMIT_MS;
    while (!(await isHealthy(uri))) {
      if (child.exitCode !== null || Date.now() > until) {
        throw new Error(`mlflow server did not start:\n${readFileSync(log, "utf8").slice(-3000)}`);
      }
      await sleep(200);
    }
  };
  const kill = async () => {
    const running = child;
    if (!running?.pid || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once("close", resolve));
    process.kill(-running.pid, "SIGKILL");
    await ended;
  };
  await start();
  return {
    uri,
    kill,
    restart: start,
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isHealthy(uri: string): Promise<boolean> {
  try {
    return (await fetch(`${uri}/health`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
