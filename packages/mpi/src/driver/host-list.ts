import { readFileSync } from "node:fs";
import { messageOf } from "@acc/core/command";
import { AcceleratorError } from "@acc/core/tracker";

/** A name or an address; it may not look like an option of `ssh`. */
const HOST = /^[A-Za-z0-9_][A-Za-z0-9._-]*$|^[0-9A-Fa-f]*:[0-9A-Fa-f:.]+$/;

/**
 * The hosts of `--hosts a,b`, one process each.
 *
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export function hostsOfList(list: string): string[] {
  return checked(
    list.split(",").map((name) => name.trim()),
    "--hosts",
  );
}

/**
 * The hosts of a file as `mpiexec` reads it: a host on each line, as `a`, `a:8` of MPICH or `a slots=8` of Open MPI. What follows the
 * name is left out: each host gets one process, whose replicas are threads.
 *
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export function hostsOfFile(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `--mpirun-hostfile cannot be read: ${messageOf(error)}.`,
    );
  }
  const lines = text.split(/\r?\n/).map((line) => line.replace(/#.*/, "").trim());
  const names = lines.filter((line) => line !== "").map((line) => line.replace(/\s.*|:\d+$/, ""));
  return checked(names, path);
}

function checked(names: readonly string[], source: string): string[] {
  const wrong = names.find((name) => !HOST.test(name));
  if (wrong !== undefined || names.length === 0) {
    const found = wrong === undefined ? "it names none" : `${JSON.stringify(wrong)} is none`;
    throw new AcceleratorError("OPTION_INVALID", `${source}: it needs names of hosts; ${found}.`);
  }
  return [...new Set(names)]; // a host that is named twice gets one process
}
