import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Reads Comet's configuration files the way its Python client does: `COMET_CONFIG` (a file or a folder), then
 * `./.comet.config`, then `~/.comet.config`; the first that has a setting decides.
 *
 * @param withFolder false: leaves out `./.comet.config`, which may be somebody else's.
 * @returns a setting of the section `[comet]` by name, such as `"api_key"`.
 */
export function readConfigFiles(withFolder = true): (name: string) => string | undefined {
  const here = withFolder ? "./.comet.config" : undefined;
  const paths = [process.env.COMET_CONFIG, here, join(homedir(), ".comet.config")];
  const files = paths
    .filter((path) => path !== undefined && path !== "")
    .map((path) => settingsOf(path as string));
  return (name) => files.find((file) => file.has(name))?.get(name);
}

function settingsOf(path: string): Map<string, string> {
  const settings = new Map<string, string>();
  let section = "";
  for (const line of textOf(path).split(/\r?\n/)) {
    const header = /^\s*\[(.+)\]\s*$/.exec(line);
    if (header) section = (header[1] as string).trim().toLowerCase();
    const setting = /^\s*([\w.]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (setting && section === "comet") {
      const [, name, value] = setting as unknown as [string, string, string];
      settings.set(name.toLowerCase(), value.replace(/^(["'])(.*)\1$/, "$2"));
    }
  }
  return settings;
}

/** A file that is missing or not readable sets nothing. */
function textOf(path: string): string {
  try {
    const file = statSync(path).isDirectory() ? join(path, ".comet.config") : path;
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
