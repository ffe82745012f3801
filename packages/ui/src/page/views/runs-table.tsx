import type { RunSummary } from "../../wire/schema.ts";
import { styleOf } from "../model/colors.ts";
import { durationText, runName, timeText, valueText } from "../model/format.ts";
import {
  allColumns,
  type Column,
  cellOf,
  columnId,
  columnOf,
  columnTitle,
  compareCells,
  defaultColumns,
} from "../model/table-columns.ts";
import { linkTo, type State, setSettings, setTicked, tick } from "../store.ts";
import { Scroll } from "./scroll.tsx";
import { Status } from "./status.tsx";
import { Swatch } from "./swatch.tsx";

type Props = { readonly runs: readonly RunSummary[]; readonly state: State };

/** How many rows are shown at first. */
const MAX_ROWS = 300;

/** The runs, with what they differ in and how they did. */
export function RunsTable({ runs, state }: Props) {
  const columns = columnsOf(runs, state);
  const rows = sorted(runs, state).slice(0, MAX_ROWS);
  const areAll = runs.length > 0 && runs.every(({ id }) => state.ticked.has(id));
  return (
    <Scroll kind="runs" label="Runs">
      <table>
        <thead>
          <tr>
            <th scope="col" class="tick">
              <input
                type="checkbox"
                aria-label="Show the curves of all these runs"
                checked={areAll}
                onChange={() => setTicked(areAll ? [] : runs.map(({ id }) => id))}
              />
            </th>
            <Head id="name" title="run" state={state} />
            <Head id="status" title="status" state={state} />
            <Head id="time" title="time" state={state} kind="number wide" />
            {columns.map((column) => (
              <Head
                key={columnId(column)}
                id={columnId(column)}
                title={columnTitle(column)}
                state={state}
                kind={column.source === "config" ? "number wide" : "number"}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((run) => (
            <Row key={run.id} run={run} columns={columns} state={state} />
          ))}
        </tbody>
      </table>
      {runs.length > rows.length && (
        <p class="empty">{runs.length - rows.length} more runs: filter or sort to see others.</p>
      )}
    </Scroll>
  );
}

type HeadProps = {
  readonly id: string;
  readonly title: string;
  readonly state: State;
  /** Classes: `wide` for what a phone has no room for. */
  readonly kind?: string;
};

function Head({ id, title, state, kind = "" }: HeadProps) {
  const { sort } = state.settings;
  const isSorted = sort?.column === id;
  const direction = !isSorted ? undefined : sort.isDescending ? "descending" : "ascending";
  const sortBy = (): void =>
    setSettings({ sort: { column: id, isDescending: isSorted && !sort.isDescending } });
  return (
    <th scope="col" class={kind} {...(direction ? { "aria-sort": direction } : {})}>
      <button type="button" title={title} onClick={sortBy}>
        <span>{title}</span>
        {isSorted && <span aria-hidden="true">{sort.isDescending ? " ↓" : " ↑"}</span>}
      </button>
    </th>
  );
}

type RowProps = {
  readonly run: RunSummary;
  readonly columns: readonly Column[];
  readonly state: State;
};

function Row({ run, columns, state }: RowProps) {
  const isTicked = state.ticked.has(run.id);
  return (
    <tr class={isTicked ? "" : "unticked"} data-run={run.id}>
      <td class="tick">
        <input
          type="checkbox"
          aria-label={`Show the curves of ${runName(run)}`}
          checked={isTicked}
          onChange={({ currentTarget }) => tick(run.id, currentTarget.checked)}
        />
      </td>
      <th scope="row">
        <Swatch style={styleOf(run, state.colors)} />{" "}
        <a
          href={linkTo(state, { kind: "run", id: run.id, tab: "charts" })}
          title={run.name || run.id}
        >
          {runName(run)}
        </a>{" "}
        <span class="dim wide">{timeText(run.startedMs, Date.now())}</span>
        {run.tags.map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
        {run.damage && (
          <span class="bad" title={run.damage}>
            {" "}
            damaged
          </span>
        )}
      </th>
      <td>
        <Status status={run.status} />
      </td>
      <td class="number wide">{durationText(run.activeMs)}</td>
      {columns.map((column) => {
        const value = cellOf(run, column);
        const room = column.source === "config" ? "wide" : "";
        return (
          <td
            key={columnId(column)}
            class={`number ${room} ${value === "NaN" ? "bad" : ""}`}
            title={value === undefined ? "" : String(value)}
          >
            {valueText(value)}
          </td>
        );
      })}
    </tr>
  );
}

function columnsOf(runs: readonly RunSummary[], { settings }: State): Column[] {
  if (!settings.columns) return defaultColumns(runs);
  return settings.columns.flatMap((id) => columnOf(id) ?? []);
}

function sorted(runs: readonly RunSummary[], { settings: { sort } }: State): RunSummary[] {
  if (!sort) return [...runs];
  const column = columnOf(sort.column);
  const sign = sort.isDescending ? -1 : 1;
  const cell = (run: RunSummary) => {
    if (column) return cellOf(run, column);
    return sort.column === "status"
      ? run.status
      : sort.column === "time"
        ? run.activeMs
        : runName(run);
  };
  const isMissing = (run: RunSummary): boolean => cell(run) === undefined || cell(run) === "NaN";
  // What is missing stays at the end, whichever way the column is sorted.
  return [...runs].sort(
    (a, b) => Number(isMissing(a)) - Number(isMissing(b)) || sign * compareCells(cell(a), cell(b)),
  );
}

/** Which columns the table has. */
export function ColumnChooser({ runs, state }: Props) {
  const chosen = new Set(columnsOf(runs, state).map(columnId));
  const toggle = (id: string): void => {
    const columns = chosen.has(id) ? [...chosen].filter((one) => one !== id) : [...chosen, id];
    setSettings({ columns });
  };
  return (
    <details class="menu">
      <summary>columns</summary>
      <div class="sheet">
        {allColumns(runs).map((column) => {
          const id = columnId(column);
          return (
            <label key={id} class="check">
              <input type="checkbox" checked={chosen.has(id)} onChange={() => toggle(id)} />
              <span>{column.source === "last" ? `last ${column.name}` : columnTitle(column)}</span>
            </label>
          );
        })}
        <button type="button" onClick={() => setSettings({ columns: undefined as never })}>
          as at first
        </button>
      </div>
    </details>
  );
}
