import type { RunSummary } from "../../wire/schema.ts";
import { styleOf } from "../model/colors.ts";
import { exactNumber, runName } from "../model/format.ts";
import type { State } from "../store.ts";
import { Scroll } from "./scroll.tsx";
import { Swatch } from "./swatch.tsx";

type Props = {
  readonly name: string;
  readonly runs: readonly RunSummary[];
  readonly state: State;
};

/** What a chart shows, as numbers with all their digits. */
export function ValueTable({ name, runs, state }: Props) {
  return (
    <Scroll label={`${name} as a table`}>
      <table>
        <thead>
          <tr>
            {[
              "run",
              "last",
              "step",
              "lowest",
              "step",
              "highest",
              "step",
              "points",
              "not finite",
            ].map((title, index) => (
              <th key={index} scope="col" class={index > 0 ? "number" : ""}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => {
            const key = run.keys[name];
            if (!key) return null;
            const cells = [
              ...[key.last, key.lastStep, key.min, key.minStep, key.max, key.maxStep],
              ...[key.count, key.nonFinite],
            ];
            return (
              <tr key={run.id}>
                <th scope="row">
                  <Swatch style={styleOf(run, state.colors)} /> {runName(run)}
                </th>
                {cells.map((cell, index) => (
                  <td key={index} class="number">
                    {cell === null ? "" : exactNumber(cell)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
