import { AcceleratorError } from "../errors.ts";
import { convertBytes } from "../model-sizes/byte-units.ts";
import {
  ESTIMATED_DTYPES,
  type EstimatedDtype,
  estimateMemory,
  type MemoryEstimate,
} from "../model-sizes/memory-estimate.ts";
import { weightCounts } from "../model-sizes/weight-counts.ts";
import { nearestName } from "../options/nearest-name.ts";
import type { Command, OptionValues } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { formatTable } from "./table.ts";
import { printJson, printLines } from "./terminal.ts";

/** `acc estimate-memory`: the table of Accelerate, from files. */
export const estimateCommand: Command = {
  name: "estimate-memory",
  summary:
    "shows what loading a model takes, and training it with Adam, from model.json or safetensors",
  operands: "MODEL",
  options: {
    dtypes: {
      ...{ type: "string", value: "LIST" },
      help: `dtypes, with commas between them (default: ${ESTIMATED_DTYPES.join()})`,
    },
    json: { type: "boolean", help: "bytes, for programs" },
  },
  async run(values, operands) {
    const path = oneModel(operands);
    const dtypes = dtypesOf(values);
    const estimates = estimateMemory(await weightCounts(path), dtypes);
    if (values.json) printJson(estimates, 2);
    else printLines(linesOf(path, estimates));
    return EXIT.done;
  },
};

function linesOf(path: string, estimates: readonly MemoryEstimate[]): string[] {
  const rows = estimates.map(({ dtype, largestLayer, totalSize, trainingWithAdam: training }) => [
    ...[dtype, convertBytes(largestLayer), convertBytes(totalSize)],
    training === undefined ? "N/A" : convertBytes(training),
  ]);
  return [
    `Memory for loading ${path}:`,
    "",
    ...formatTable(["dtype", "Largest Layer", "Total Size", "Training using Adam"], rows),
    "",
    "Activations come on top. Each replica has a copy of its own; TensorFlow.js computes in float32.",
  ];
}

function oneModel(operands: readonly string[]): string {
  const [path, ...others] = operands;
  if (path !== undefined && others.length === 0) return path;
  throw new AcceleratorError(
    "OPTION_INVALID",
    path === undefined
      ? "acc estimate-memory: missing MODEL, a model.json, a safetensors file or a folder with one."
      : `acc estimate-memory: it takes one model, got ${operands.length}: ${operands.join(", ")}. Dtypes follow --dtypes, with commas between them.`,
  );
}

function dtypesOf({ dtypes }: OptionValues): EstimatedDtype[] {
  if (dtypes === undefined) return [...ESTIMATED_DTYPES];
  return String(dtypes)
    .split(",")
    .map((text) => {
      const dtype = ESTIMATED_DTYPES.find((name) => name === text.trim());
      if (dtype !== undefined) return dtype;
      const nearest = nearestName(text, ESTIMATED_DTYPES);
      throw new AcceleratorError(
        "OPTION_INVALID",
        `acc estimate-memory: there is no dtype "${text.trim()}"; ` +
          (nearest === undefined
            ? `there are ${ESTIMATED_DTYPES.join(", ")}.`
            : `did you mean "${nearest}"?`),
      );
    });
}
