import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AcceleratorError } from "@acc/core/tracker";
import { replaceFileSync, safePath } from "@acc/tracker-kit";

/** Points to show in TensorBoard's projector. */
export type Embedding = {
  /** The values of each point; all have the same length. */
  readonly points: readonly ArrayLike<number>[];
  /** The text of each point, or several under a name each. */
  readonly labels?: readonly string[] | { readonly [column: string]: readonly string[] };
};

const CONFIG = "projector_config.pbtxt";

/** Writes the files of an embedding beside the event file, and adds it to the list of those that there are. */
export function writeEmbedding(
  logDir: string,
  tag: string,
  step: number,
  embedding: Embedding,
): void {
  const points = requirePoints(tag, embedding);
  const columns = columnsOf(tag, embedding);
  const folder = `${safePath(tag)}/${String(step).padStart(5, "0")}`;
  const write = (name: string, lines: readonly string[]): string => {
    const path = join(logDir, folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
    return `${folder}/${name}`;
  };
  const tensors = write(
    "tensors.tsv",
    points.map((point) => Array.from(point).join("\t")),
  );
  const metadata = columns.length === 0 ? undefined : write("metadata.tsv", table(columns));
  addToConfig(join(logDir, CONFIG), [
    `tensor_name: ${quoted(`${tag}:${step}`)}`,
    `tensor_path: ${quoted(tensors)}`,
    ...(metadata === undefined ? [] : [`metadata_path: ${quoted(metadata)}`]),
  ]);
}

/** An embedding that is logged again at its step takes the place of the earlier one. */
function addToConfig(path: string, fields: readonly string[]): void {
  const entry = `embeddings {\n${fields.map((field) => `  ${field}\n`).join("")}}\n`;
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const others = text.split(/(?<=^}\n)/m).filter((one) => !one.includes(`${fields[0]}\n`));
  replaceFileSync(path, others.join("") + entry);
}

type Column = readonly [name: string, texts: readonly string[]];

function columnsOf(tag: string, { points, labels }: Embedding): Column[] {
  if (labels === undefined) return [];
  const columns: Column[] = Array.isArray(labels)
    ? [["", labels]]
    : Object.entries(labels as { readonly [column: string]: readonly string[] });
  const odd = columns.find(([, texts]) => texts.length !== points.length);
  if (!odd) return columns;
  throw invalid(tag, `${odd[1].length} labels for ${points.length} points`);
}

/** One column has no header, several have one, as the projector reads them. */
function table(columns: readonly Column[]): string[] {
  const clean = (text: string) => String(text).replaceAll(/[\t\r\n]+/g, " ");
  const rows = columns[0]?.[1].map((_, row) =>
    columns.map(([, texts]) => clean(texts[row] as string)).join("\t"),
  );
  const header = columns.length > 1 ? [columns.map(([name]) => clean(name)).join("\t")] : [];
  return [...header, ...(rows ?? [])];
}

function requirePoints(tag: string, { points }: Embedding): readonly ArrayLike<number>[] {
  const length = points?.[0]?.length ?? 0;
  const isSound = (point: ArrayLike<number>): boolean =>
    point.length === length && Array.from(point).every(Number.isFinite);
  if (length > 0 && points.every(isSound)) return points;
  throw invalid(tag, "points are lists of equally many finite numbers");
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function invalid(tag: string, fault: string): AcceleratorError {
  return new AcceleratorError("VALUE_INVALID", `addEmbedding "${tag}": ${fault}.`);
}
