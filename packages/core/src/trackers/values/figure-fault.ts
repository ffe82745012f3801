import { isPlainObject } from "../../plain-object.ts";
import type { FigureData, LogValue } from "../../tracker-contract/log-value.ts";

type Spec = FigureData["spec"];

/** One of these makes an object a view of Vega-Lite. */
const VIEWS = ["mark", "layer", "hconcat", "vconcat", "concat", "facet", "repeat"];

/** Arrays in the form that Plotly's own JSON has, `{ dtype, bdata }`, by their names. */
const PLOTLY_ARRAYS = /^(float(32|64)|u?int(8|16|32)|[fiu][1248]|u?int8c|uint8clamped)$/;

export function figureType(spec: Spec): FigureData["type"] | undefined {
  if (isVega(spec)) return "vega-lite"; // refused with its own words
  if (Array.isArray(spec.data)) return "plotly";
  return VIEWS.some((view) => Object.hasOwn(spec, view)) ? "vega-lite" : undefined;
}

/** Why no tracker could draw it; undefined if there is no reason. */
export function figureFault(type: FigureData["type"], spec: Spec): string | undefined {
  return type === "plotly" ? plotlyFault(spec) : vegaLiteFault(spec);
}

function isVega({ $schema, marks }: Spec): boolean {
  if (typeof $schema === "string" && $schema.includes("/vega-lite/")) return false;
  return Array.isArray(marks) || (typeof $schema === "string" && $schema.includes("/vega/"));
}

function plotlyFault({ data, layout, frames }: Spec): string | undefined {
  const traces = data as readonly LogValue[];
  if (traces.length === 0) return "its data is empty: it needs one trace at least";
  const odd = traces.findIndex((trace) => !isPlainObject(trace));
  if (odd >= 0) return `its data/${odd} is no trace: an object such as { type: "scatter", x, y }`;
  const isOdd = (value: LogValue, isRight: boolean) =>
    value !== undefined && value !== null && !isRight;
  if (isOdd(layout, isPlainObject(layout))) return "its layout is no object";
  if (isOdd(frames, Array.isArray(frames))) return "its frames are no list";
  return faultWithin({ data, layout, frames }, "", encodedArrayFault);
}

function vegaLiteFault(spec: Spec): string | undefined {
  if (isVega(spec)) return "it is a specification of Vega; one of Vega-Lite is needed";
  return faultWithin(spec, "", addressFault);
}

/** `{ dtype, bdata }` and nothing else that looks like it. */
function encodedArrayFault(value: Spec, path: string): string | undefined {
  const { dtype, bdata } = value;
  if (bdata === undefined) return undefined;
  if (typeof bdata !== "string") return `its ${path}/bdata is no text in base64`;
  if (typeof dtype === "string" && PLOTLY_ARRAYS.test(dtype)) return undefined;
  return `its ${path} has a dtype that is not known: ${JSON.stringify(dtype) ?? "none"}`;
}

/** What was logged must hold what it shows: an address may answer otherwise tomorrow, or name a file of whoever looks at it. */
function addressFault({ url }: Spec, path: string): string | undefined {
  const isData = path === "data" || path.endsWith("/data");
  if (!isData || url === undefined) return undefined;
  return `its ${path} is at an address, which is not loaded: give the values themselves, ${path}: { values: [ … ] }`;
}

/** The first fault in an object or one of the objects within it. Values of data are not searched for data. */
function faultWithin(
  value: LogValue,
  path: string,
  faultOf: (value: Spec, path: string) => string | undefined,
): string | undefined {
  if (Array.isArray(value)) {
    if (typeof value[0] === "number") return undefined;
    return first(value.entries(), (item, at) => faultWithin(item, `${path}/${at}`, faultOf));
  }
  if (!isPlainObject(value)) return undefined;
  const fault = faultOf(value as Spec, path);
  if (fault !== undefined) return fault;
  const entries = Object.entries(value).filter(([key]) => key !== "values" && key !== "datasets");
  return first(entries, (item, key) =>
    faultWithin(item as LogValue, path === "" ? key : `${path}/${key}`, faultOf),
  );
}

function first<K, V>(
  entries: Iterable<readonly [K, V]>,
  faultOf: (value: V, key: K) => string | undefined,
): string | undefined {
  for (const [key, value] of entries) {
    const fault = faultOf(value, key);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
