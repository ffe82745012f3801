import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What `swanlab login` stored. */
export type StoredLogin = { readonly apiHost: string; readonly apiKey: string };

/** The login of the working directory, or of the user. */
export function storedLogin(): StoredLogin | undefined {
  const { SWANLAB_ROOT, SWANLAB_SAVE_DIR } = process.env;
  const own = SWANLAB_ROOT || SWANLAB_SAVE_DIR || join(homedir(), ".swanlab");
  return loginIn(join(process.cwd(), ".swanlab", ".netrc")) ?? loginIn(join(own, ".netrc"));
}

/** The file has one login: the host in place of the machine, the page in place of the user. */
function loginIn(path: string): StoredLogin | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined; // no such file, or not ours to read
  }
  const [, host, apiKey] = /^\s*machine\s+(\S+)[\s\S]*?\spassword\s+(\S+)/.exec(text) ?? [];
  if (host === undefined || apiKey === undefined) return undefined;
  return { apiHost: host.replace(/\/api\/?$/, ""), apiKey };
}
