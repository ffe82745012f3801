/** Child processes of the tools: with a time limit; their output is shown only if they fail. */
import { spawn, spawnSync } from "node:child_process";

/**
 * Whether all programs are on the PATH.
 *
 * @param {...string} programs
 * @returns {boolean}
 */
export function hasPrograms(...programs) {
  return programs.every((program) => spawnSync("which", [program]).status === 0);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} options
 * @returns {Promise<string>} what it printed on stdout and stderr.
 */
export function runCommand(command, args, { cwd, env, timeoutMs = 600_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      timeout: timeoutMs,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(new Error(`${command} ${args.join(" ")} ended with ${code ?? signal}:\n${output}`));
    });
  });
}
