import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The file that `acc launch` reads when none is named. It is not the one of `accelerate config`: that describes the machine for
 * PyTorch, such as its GPUs.
 */
export function defaultConfigPath(): string {
  return join(configFolder(), "acc", "default_config.yaml");
}

/** Where programs of the user keep their settings. */
function configFolder(): string {
  const { XDG_CONFIG_HOME, APPDATA } = process.env;
  if (XDG_CONFIG_HOME) return XDG_CONFIG_HOME;
  if (process.platform === "win32" && APPDATA) return APPDATA;
  return join(homedir(), ".config");
}
