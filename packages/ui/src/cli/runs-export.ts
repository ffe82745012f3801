import { createWriteStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Command, EXIT, printable, requireFolder } from "@acc/core/command";
import { AcceleratorError } from "@acc/core/journal";
import { replaceFileBy } from "@acc/tracker-kit";
import { EXPORT_FORMATS, exportRun } from "../export/export-run.ts";
import type { RunDetail } from "../wire/schema.ts";
import { runNamed, withLibrary } from "./with-library.ts";

const OWNER = "acc runs export";

/** `acc runs export`: a run as a file for other programs. */
export const runsExportCommand: Command = {
  name: "runs export",
  summary: "writes what a run has logged to a file; ID is the beginning of its id",
  operands: "ID [DIRECTORY]",
  options: {
    csv: { type: "string", value: "FILE", help: 'a line for each value; "-" for standard output' },
    json: {
      type: "string",
      value: "FILE",
      help: 'everything but images, other media and files; "-" likewise',
    },
    html: { type: "string", value: "FILE", help: 'a page that needs no server; "-" likewise' },
    keys: { type: "string", value: "PATTERN", help: "only keys that fit a regular expression" },
  },
  async run(values, operands) {
    const [id, directory = "."] = operands;
    if (id === undefined || operands.length > 2) {
      throw new AcceleratorError("OPTION_INVALID", `${OWNER}: it takes an ID, and a directory.`);
    }
    const wanted = EXPORT_FORMATS.filter((format) => typeof values[format] === "string");
    const [format] = wanted;
    if (format === undefined || wanted.length > 1) {
      const text = "say --csv FILE, --json FILE or --html FILE.";
      throw new AcceleratorError("OPTION_INVALID", `${OWNER}: ${text}`);
    }
    const pattern = patternOf(values.keys);
    requireFolder(OWNER, directory);
    return await withLibrary(directory, { isLive: false }, async (library) => {
      const { id: whole } = await runNamed(library, OWNER, id);
      const detail = (await library.run(whole)) as RunDetail;
      const keys = Object.keys(detail.run.keys).filter((key) => pattern.test(key));
      await write(values[format] as string, await exportRun(library, detail, format, keys));
      return EXIT.done;
    });
  },
};

function patternOf(text: unknown): RegExp {
  if (typeof text !== "string") return /^/;
  try {
    return new RegExp(text);
  } catch {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `${OWNER}: --keys ${text} is no regular expression.`,
    );
  }
}

/** A terminal obeys no name that a run holds; a program gets the text as it is. */
function forOutput(text: string): string {
  return process.stdout.isTTY ? text.split(/\r?\n/).map(printable).join("\n") : text;
}

/** Writes to standard output until whoever reads it has gone, as `head` does. */
async function print(parts: Iterable<string>): Promise<void> {
  const { stdout } = process;
  let isRead = true; // the stream itself does not say so: it is never destroyed
  let wake = (): void => {};
  const onDrain = (): void => wake();
  const onClose = (): void => {
    isRead = false;
    wake();
  };
  stdout.on("drain", onDrain).on("close", onClose);
  for (const part of parts) {
    if (!isRead) break;
    const drained = new Promise<void>((resolve) => {
      wake = resolve;
    });
    if (!stdout.write(forOutput(part))) await drained;
  }
  stdout.off("drain", onDrain).off("close", onClose);
}

/** What was there stays until all of the new content is: a disk may be full. A pipe or a device is written as it is. */
async function replace(file: string, parts: Iterable<string>): Promise<void> {
  const before = await stat(file).catch(() => undefined);
  if (before && !before.isFile()) return await pipeline(parts, createWriteStream(file));
  await stat(dirname(file)); // a folder whose name has a slip is not made
  const target = before ? await realpath(file) : file;
  const options = { flush: true, ...(before && { mode: before.mode }) };
  await replaceFileBy(target, (temporary) =>
    pipeline(parts, createWriteStream(temporary, options)),
  );
}

/** @throws {AcceleratorError} `OPTION_INVALID` if the file cannot be written. */
async function write(file: string, parts: Iterable<string>): Promise<void> {
  if (file === "-") return await print(parts);
  try {
    await replace(file, parts);
  } catch (error) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `${OWNER}: ${file} cannot be written (${(error as Error).message}).`,
    );
  }
}
