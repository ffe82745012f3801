import { spawn } from "node:child_process";

/**
 * Opens an address in the browser of somebody who sits at this computer: not over SSH, not in CI, not where the output goes to a
 * program. If it does not work nothing is said: the address was printed.
 */
export function openBrowser(address: string): void {
  const { CI, SSH_CONNECTION, SSH_TTY, DISPLAY, WAYLAND_DISPLAY } = process.env;
  const isAway = CI !== undefined || SSH_CONNECTION !== undefined || SSH_TTY !== undefined;
  if (!process.stdout.isTTY || isAway) return;
  const [program, ...args] = opener();
  if (program === "xdg-open" && !DISPLAY && !WAYLAND_DISPLAY) return;
  const child = spawn(program, [...args, address], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

function opener(): [program: string, ...args: string[]] {
  switch (process.platform) {
    case "darwin":
      return ["open"];
    case "win32":
      return ["rundll32", "url.dll,FileProtocolHandler"];
    default:
      return ["xdg-open"];
  }
}
