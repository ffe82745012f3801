import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PASSWORD = "a-password-that-nobody-may-see";

/** A git checkout with a script, and with things that are no code. */
export function codeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "acc-comet-code-"));
  const git = (...args: string[]) => {
    const identity = ["-c", "user.name=Somebody", "-c", "user.email=a@b.c"];
    execFileSync("git", [...identity, ...args], { cwd: folder, stdio: "ignore" });
  };
  mkdirSync(join(folder, "src/node_modules/other"), { recursive: true });
  mkdirSync(join(folder, "src/.hidden"));
  writeFileSync(join(folder, "train.py"), "print(1)\n");
  writeFileSync(join(folder, "src/net.ts"), "export {};\n");
  writeFileSync(join(folder, "src/a.txt"), "a\n");
  for (const name of ["keys.json", ".env.ts", "node_modules/other/x.js", ".hidden/x.ts"]) {
    writeFileSync(join(folder, "src", name), PASSWORD);
  }
  symlinkSync("..", join(folder, "src/loop"));
  symlinkSync("/etc/hostname", join(folder, "src/linked.txt"));
  git("init", "--initial-branch", "main");
  git("config", "user.name", "Somebody");
  git("add", "train.py");
  git("commit", "-m", "first");
  writeFileSync(join(folder, "train.py"), "print(2)\n");
  git("commit", "-am", "second");
  git("remote", "add", "origin", `https://somebody:${PASSWORD}@example.com/team/repo.git`);
  return folder;
}

/** The commits of a checkout, the newest first. */
export function commitsOf(folder: string): string[] {
  const text = execFileSync("git", ["rev-list", "HEAD"], { cwd: folder, encoding: "utf8" });
  return text.trim().split("\n");
}
