/** Runs a command with Node.js 24 in front of the PATH. `node tools/with-node24.mjs COMMAND [ARGUMENTS]` */
import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { node24Folder } from "./node24.mjs";

const TIMEOUT_MS = 1_500_000;

const [command, ...args] = process.argv.slice(2);
const env = { ...process.env, PATH: `${await node24Folder()}${delimiter}${process.env.PATH}` };
const { status, error } = spawnSync(command, args, { env, stdio: "inherit", timeout: TIMEOUT_MS });
if (error) console.error(error.message);
process.exit(status ?? 1);
