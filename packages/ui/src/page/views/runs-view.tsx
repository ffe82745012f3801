import { parseFilter } from "../model/filter.ts";
import { type State, setFilter, setTicked, show, showWaiting } from "../store.ts";
import { Charts } from "./charts.tsx";
import { ColumnChooser, RunsTable } from "./runs-table.tsx";

/** All runs, and the curves of those that are ticked. */
export function RunsView({ state }: { readonly state: State }) {
  const { runs, list, ticked, waiting, filter } = state;
  if (!list) return <p class="empty">Looking for runs …</p>;
  if (runs.length === 0) return <NoRuns directory={list.directory} />;
  const { matches, problem } = parseFilter(filter);
  const found = runs.filter(matches);
  const shown = runs.filter(({ id }) => ticked.has(id));
  return (
    <>
      <div class="bar">
        <label class="field grow">
          <span>filter</span>
          <input
            id="filter"
            type="search"
            placeholder="adam  status:failed  loss<0.2  -warm  /lr=0\.0\d/"
            value={filter}
            onInput={({ currentTarget }) => setFilter(currentTarget.value)}
          />
        </label>
        <ColumnChooser runs={found} state={state} />
        <button type="button" disabled={ticked.size < 2} onClick={() => show({ kind: "compare" })}>
          compare {ticked.size}
        </button>
        <button type="button" onClick={() => setTicked(found.slice(0, 4).map(({ id }) => id))}>
          tick the newest
        </button>
      </div>
      {problem && <p class="bad">{problem}</p>}
      {waiting.length > 0 && (
        <button type="button" class="news" onClick={showWaiting}>
          {waiting.length === 1 ? "1 new run" : `${waiting.length} new runs`}: show
        </button>
      )}
      {list.unsearched.map((sentence) => (
        <p key={sentence} class="bad">
          {sentence}
        </p>
      ))}
      {found.length > 0 ? (
        <RunsTable runs={found} state={state} />
      ) : (
        <p class="empty">No run fits the filter.</p>
      )}
      <Charts runs={shown} state={state} />
    </>
  );
}

function NoRuns({ directory }: { readonly directory: string }) {
  return (
    <div class="empty">
      <h2>No runs below {directory}</h2>
      <p>A training keeps its runs there with</p>
      <pre>
        <code>{`new Accelerator({ logWith: "local", projectDir: ${JSON.stringify(directory)} })`}</code>
      </pre>
      <p>This page shows them as soon as they begin.</p>
    </div>
  );
}
