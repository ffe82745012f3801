import { useState } from "preact/hooks";
import { PORTION } from "../../wire/portion.ts";
import type { MediaItem, RunSummary } from "../../wire/schema.ts";
import { getTable } from "../media.ts";
import { shortNumber } from "../model/format.ts";
import { itemsByKey } from "../model/items-by-key.ts";
import { Scroll } from "./scroll.tsx";
import { StepSlider } from "./step-slider.tsx";
import { useLoaded } from "./use-loaded.ts";

type Props = { readonly run: RunSummary; readonly items: readonly MediaItem[] };

/** Tables that were logged: for each key the newest, and the steps before it. */
export function Tables({ run, items }: Props) {
  return (
    <>
      {itemsByKey(items).map(([key, ofKey]) => (
        <TableOfSteps key={key} run={run} name={key} items={ofKey} />
      ))}
    </>
  );
}

function TableOfSteps({ run, name, items }: Props & { readonly name: string }) {
  const [chosen, setChosen] = useState<number>();
  const [row, setRow] = useState(0);
  const at = Math.min(chosen ?? items.length - 1, items.length - 1);
  const item = items[at] as MediaItem;
  const table = useLoaded(() => getTable(run, item, row), [item.offset, item.index, row]);
  const choose = (index: number): void => {
    setRow(0);
    setChosen(index);
  };
  return (
    <section>
      <div class="bar">
        <h3>{name}</h3>
        <StepSlider steps={items.map(({ step }) => step)} at={at} onChange={choose} />
        {table && table.numRows > table.rows.length && (
          <>
            <span class="dim">
              rows {row + 1} to {row + table.rows.length} of {table.numRows}
            </span>
            <button
              type="button"
              disabled={row === 0}
              onClick={() => setRow(Math.max(0, row - PORTION.rows))}
            >
              before
            </button>
            <button
              type="button"
              disabled={row + table.rows.length >= table.numRows}
              onClick={() => setRow(row + table.rows.length)}
            >
              next
            </button>
          </>
        )}
      </div>
      {table && (
        <Scroll label={name}>
          <table>
            <thead>
              <tr>
                {table.columns.map((column, index) => (
                  <th key={index} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((cells, index) => (
                <tr key={index}>
                  {cells.map((cell, column) => (
                    <td key={column} class={typeof cell === "number" ? "number" : ""}>
                      {cellText(cell)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function cellText(cell: unknown): string {
  if (typeof cell === "number") return shortNumber(cell);
  return typeof cell === "string" ? cell : cell === null ? "" : JSON.stringify(cell);
}
