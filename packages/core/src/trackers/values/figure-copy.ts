import { AcceleratorError, messageOf } from "../../errors.ts";
import type { FigureData, LogValue } from "../../tracker-contract/log-value.ts";
import { describeValue } from "./describe-value.ts";
import { figureFault, figureType } from "./figure-fault.ts";
import type { FigureSource } from "./figure-source.ts";
import { PlainCopy } from "./plain-copy.ts";

/**
 * Copies a figure as plain data; a promise of it if there are tensors to read.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` naming the figure and what is wrong in it.
 */
export function copyFigure(name: string, source: FigureSource): FigureData | Promise<FigureData> {
  const plain = new PlainCopy(
    (path, reason) => {
      throw invalid(name, `its "${path}" cannot be in one: ${reason}`);
    },
    { isDataOnly: true },
  );
  let spec: { readonly [property: string]: LogValue };
  try {
    spec = plain.copy(specOf(source));
  } catch (error) {
    if (error instanceof AcceleratorError) throw error;
    throw invalid(name, `it cannot be read: ${messageOf(error)}`);
  }
  const type = figureType(spec);
  if (type === undefined) {
    throw invalid(
      name,
      `it is ${describeValue(source)} that is no figure. Log { ${JSON.stringify(name)}: figure }, where the figure has the ` +
        "data and the layout that Plotly takes, or is a specification of Vega-Lite",
    );
  }
  const fault = figureFault(type, spec);
  if (fault !== undefined) throw invalid(name, fault);
  const figure: FigureData = { type, spec };
  return plain.reads.length === 0 ? figure : Promise.all(plain.reads).then(() => figure);
}

/** What an object says that makes its own specification; else itself. */
function specOf(source: unknown): object {
  if (typeof source !== "object" || source === null) return {};
  const { toSpec, toJSON } = source as { toSpec?: unknown; toJSON?: unknown };
  const make = typeof toSpec === "function" ? toSpec : toJSON;
  if (typeof make !== "function") return source;
  const made: unknown = make.call(source);
  const spec: unknown = typeof made === "string" ? JSON.parse(made) : made;
  return typeof spec === "object" && spec !== null ? spec : {};
}

function invalid(name: string, fault: string): AcceleratorError {
  return new AcceleratorError("VALUE_INVALID", `The figure "${name}" cannot be logged: ${fault}.`);
}
