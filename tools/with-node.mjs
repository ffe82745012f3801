/** Runs a command with another Node.js in front of the PATH. `node tools/with-node.mjs MAJOR COMMAND [ARGUMENTS]` */
import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { nodeFolder } from "../packages/test-kit/src/node-version.mjs";

const TIMEOUT_MS = 1_500_000;

const [major, command, ...args] = process.argv.slice(2);
const env = { ...process.env, PATH: `${await nodeFolder(major)}${delimiter}${process.env.PATH}` };
const { status, error } = spawnSync(command, args, { env, stdio: "inherit", timeout: TIMEOUT_MS });
if (error) console.error(error.message);
process.exit(status ?? 1);
