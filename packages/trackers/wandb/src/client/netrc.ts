import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The password that the user's netrc file has for a machine. */
export function netrcPassword(machine: string): string | undefined {
  const home = homedir();
  const names = process.env.NETRC
    ? [process.env.NETRC]
    : [join(home, ".netrc"), join(home, "_netrc")];
  for (const name of names) {
    let text: string;
    try {
      text = readFileSync(name, "utf8");
    } catch {
      continue; // no such file, or not ours to read
    }
    const password = passwordIn(text, machine);
    if (password !== undefined) return password;
  }
  return undefined;
}

function passwordIn(text: string, machine: string): string | undefined {
  const tokens = text.replace(/^\s*#.*$/gm, "").split(/\s+/);
  let isMachine = false;
  for (const [at, token] of tokens.entries()) {
    if (token === "machine") isMachine = tokens[at + 1] === machine;
    else if (token === "default") isMachine = false;
    else if (token === "password" && isMachine) return tokens[at + 1];
  }
  return undefined;
}
