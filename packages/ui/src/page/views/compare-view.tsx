import { useState } from "preact/hooks";
import { styleOf } from "../model/colors.ts";
import { type ComparedRow, comparedRows, csvTable, markdownTable } from "../model/comparison.ts";
import { runName, valueText } from "../model/format.ts";
import { saveFile } from "../save-file.ts";
import { type State, show } from "../store.ts";
import { Charts } from "./charts.tsx";
import { Scroll } from "./scroll.tsx";
import { Swatch } from "./swatch.tsx";

/** The ticked runs side by side: what they differ in, what came of it, and their curves. */
export function CompareView({ state }: { readonly state: State }) {
  const [isDifferentOnly, setDifferentOnly] = useState(true);
  const [note, setNote] = useState("");
  const runs = state.runs.filter(({ id }) => state.ticked.has(id));
  if (!state.list) return <p class="empty">Looking for runs …</p>;
  if (runs.length < 2) return <p class="empty">Tick at least two runs to compare them.</p>;
  const all = comparedRows(runs);
  const rows = isDifferentOnly ? all.filter((row) => row.isDifferent) : all;
  const titles = runs.map(runName);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(markdownTable(titles, rows)).then(
      () => setNote("copied"),
      () => setNote("the browser does not allow copying"),
    );
  };
  const save = (): void =>
    saveFile(new Blob([csvTable(titles, rows)], { type: "text/csv" }), "runs.csv");
  return (
    <>
      <div class="bar">
        <h2>{runs.length} runs</h2>
        <label class="check">
          <input
            type="checkbox"
            checked={isDifferentOnly}
            onChange={({ currentTarget }) => setDifferentOnly(currentTarget.checked)}
          />
          <span>only what differs</span>
        </label>
        <button type="button" onClick={copy}>
          copy as Markdown
        </button>
        <button type="button" onClick={save}>
          save as CSV
        </button>
        <span role="status" class="dim">
          {note}
        </span>
      </div>
      <Scroll label="Comparison">
        <table class="compared">
          <thead>
            <tr>
              <th scope="col">
                {all.length > rows.length ? `${all.length - rows.length} equal` : "value"}
              </th>
              {runs.map((run) => (
                <th key={run.id} scope="col" class="number">
                  <button
                    type="button"
                    onClick={() => show({ kind: "run", id: run.id, tab: "charts" })}
                  >
                    <Swatch style={styleOf(run, state.colors)} /> {runName(run)}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <Body title="config" rows={rows.filter(({ group }) => group === "config")} />
          <Body title="values" rows={rows.filter(({ group }) => group === "values")} />
        </table>
      </Scroll>
      <Charts runs={runs} state={state} />
    </>
  );
}

function Body({ title, rows }: { readonly title: string; readonly rows: readonly ComparedRow[] }) {
  if (rows.length === 0) return null;
  return (
    <tbody aria-label={title}>
      {rows.map(({ name, cells, isDifferent }) => (
        <tr key={name} class={isDifferent ? "" : "dim"}>
          <th scope="row">{name}</th>
          {cells.map((cell, index) => (
            <td
              key={index}
              class={cell === "NaN" ? "number bad" : "number"}
              title={valueText(cell)}
            >
              {cell === undefined ? "–" : valueText(cell)}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
