import { AcceleratorError } from "../errors.ts";
import { resolvePackage } from "../resolve-package.ts";
import type { Command } from "./command.ts";

const PACKAGE = "@acc/ui";

/** A command that `acc` has when `@acc/ui` is installed: what its help says without it. */
export type UiCommand = Pick<Command, "name" | "summary">;

export const UI_COMMANDS: readonly UiCommand[] = [
  { name: "ui", summary: "shows the runs below a directory as a page, live while they train" },
  { name: "runs show", summary: "shows what a run has logged: configuration, values, curves" },
  { name: "runs export", summary: "writes what a run has logged to a file: CSV, JSON, or a page" },
];

/** What `acc runs list` becomes with one of its options for values. */
export const LIST_VALUES = "runs list";

/**
 * A command of `@acc/ui`, which is where `acc` is installed or where it is called.
 *
 * @throws {AcceleratorError} `PACKAGE_MISSING`.
 */
export async function loadUiCommand(name: string): Promise<Command> {
  const url = resolvePackage(`${PACKAGE}/commands`, import.meta.url);
  if (url === undefined) {
    throw new AcceleratorError(
      "PACKAGE_MISSING",
      `acc ${name} needs ${PACKAGE}, which is not installed: npm install ${PACKAGE}`,
    );
  }
  const { commands } = (await import(url)) as { readonly commands: readonly Command[] };
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  throw new AcceleratorError(
    "PACKAGE_MISSING",
    `The ${PACKAGE} that is installed has no "acc ${name}": npm install ${PACKAGE}@latest`,
  );
}
