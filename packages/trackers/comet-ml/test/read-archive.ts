import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";

export type Archive = {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON that each test knows the shape of
  readonly experiment: any;
  // biome-ignore lint/suspicious/noExplicitAny: JSON that each test knows the shape of
  readonly messages: { readonly type: string; readonly payload: any }[];
  readonly files: Readonly<Record<string, Uint8Array>>;
};

/** The one archive in a folder. */
export function readArchive(folder: string): Archive {
  const archives = readArchives(folder);
  const [archive] = archives;
  if (archive && archives.length === 1) return archive;
  throw new Error(`found ${archives.map(({ name }) => name).join(", ")}`);
}

/** The archives in a folder. A run that went on after its end has several. */
export function readArchives(folder: string): Archive[] {
  return readdirSync(folder).map((name) => readNamed(folder, name));
}

function readNamed(folder: string, name: string): Archive {
  const entries = unzipSync(readFileSync(join(folder, name)));
  const { "experiment.json": experiment, "messages.json": messages, ...files } = entries;
  if (!experiment || !messages) throw new Error("experiment.json or messages.json is missing");
  return {
    ...{ name, files, experiment: JSON.parse(strFromU8(experiment)) },
    messages: parseLines(strFromU8(messages)),
  };
}

export function parseLines(text: string): Archive["messages"] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
