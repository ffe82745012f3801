import type { DvcEntries } from "./format/dvc-yaml.ts";
import type { LiveState } from "./state.ts";

/** The entries of a run in `dvc.yaml`. @param folder the folder of the run, relative to that of `dvc.yaml`. */
export function dvcEntries(state: LiveState, folder: string): DvcEntries {
  const at = (path: string): string => `${folder}/${path}`;
  const hasTables = state.metrics.some(([, { size }]) => size > 0);
  return {
    params: state.hasParams ? [{ path: at("params.yaml") }] : [],
    metrics: state.summary.length > 0 ? [{ path: at("metrics.json") }] : [],
    plots: [
      ...(hasTables ? [{ path: at("plots/metrics"), options: { x: "step" } }] : []),
      ...(state.hasImages ? [{ path: at("plots/images") }] : []),
      ...state.plots.map((plot) => ({ ...plot, path: at(plot.path) })),
    ],
    artifacts: new Map(
      state.artifacts.map(([name, { path, ...fields }]) => [
        name,
        { path: at(String(path)), ...fields },
      ]),
    ),
  };
}
