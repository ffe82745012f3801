import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ClearMLServer } from "./clearml-server.ts";

const TIMEOUT_MS = 120_000;

export type PythonCall = {
  readonly python: string | undefined;
  readonly server: ClearMLServer;
  /** Where it runs, and keeps its files. */
  readonly folder: string;
  /** Below the folder of the tests. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly input?: string;
};

/** Runs a script with the environment of ClearML's own client; the JSON at the end of its output. */
export function runPython(call: PythonCall): Promise<unknown> {
  const { python = "python3", server, folder, script, args = [], input = "" } = call;
  return new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const child = spawn(python, [path, ...args], {
      cwd: folder,
      timeout: TIMEOUT_MS,
      env: {
        ...process.env,
        ...{ CLEARML_API_HOST: server.url, CLEARML_WEB_HOST: server.url },
        ...{ CLEARML_FILES_HOST: server.url, HOME: folder, PYTHONDONTWRITEBYTECODE: "1" },
        ...{ CLEARML_API_ACCESS_KEY: "k", CLEARML_API_SECRET_KEY: "s" },
        CLEARML_CACHE_DIR: join(folder, "python-cache"),
      },
    });
    let [stdout, all] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      stdout += chunk;
      all += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      all += chunk;
    });
    child.stdin.end(input);
    child.on("close", (code) => {
      const start = stdout.search(/^[{[]/m);
      if (code !== 0 || start < 0) reject(new Error(`${script} ended with code ${code}:\n${all}`));
      else resolve(JSON.parse(stdout.slice(start)));
    });
  });
}
