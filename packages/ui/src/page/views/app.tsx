import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { STATUS, timeText } from "../model/format.ts";
import { currentState, isCopy, linkTo, type State, subscribe } from "../store.ts";
import { CompareView } from "./compare-view.tsx";
import { KeyList, pageKeys } from "./keys.tsx";
import { RunView } from "./run-view.tsx";
import { RunsView } from "./runs-view.tsx";

export function App() {
  const [state, setState] = useState(currentState);
  const keyList = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => subscribe(setState), []); // before anything can change
  useEffect(() => pageKeys(() => keyList.current?.showModal()), []);
  useEffect(() => {
    document.title = titleOf(state);
  });
  return (
    <>
      <Header state={state} />
      <main>
        {state.problem !== undefined ? (
          <p class="empty">{state.problem}</p>
        ) : (
          <Content state={state} />
        )}
      </main>
      <KeyList dialog={keyList} state={state} />
    </>
  );
}

function Content({ state }: { readonly state: State }) {
  const { view } = state;
  switch (view.kind) {
    case "run":
      return <RunView key={view.id} id={view.id} tab={view.tab} state={state} />;
    case "compare":
      return <CompareView state={state} />;
    default:
      return <RunsView state={state} />;
  }
}

function Header({ state }: { readonly state: State }) {
  const { list, connection, view } = state;
  const all = list?.runs ?? [];
  const running = all.filter(({ status }) => status === "running").length;
  return (
    <header class="top">
      {view.kind === "runs" ? (
        <h1>Runs</h1>
      ) : (
        <h1>
          <a href={linkTo(state, { kind: "runs" })}>‹ Runs</a>
        </h1>
      )}
      {list && (
        <span class="dim" title={list.directory}>
          {isCopy(state) ? "a copy" : `${all.length} in ${folderName(list.directory)}`}
          {running > 0 && (
            <span class="status running">
              {" "}
              <span aria-hidden="true">{STATUS.running.sign}</span> {running} running
            </span>
          )}
        </span>
      )}
      <span class="end" role="status">
        <ConnectionText connection={connection} />
      </span>
    </header>
  );
}

function ConnectionText({ connection }: Pick<State, "connection">) {
  if (typeof connection === "string") {
    return <span class="dim">{connection === "live" ? "live" : "connecting …"}</span>;
  }
  if ("copiedMs" in connection) {
    return <span class="dim">as it was on {new Date(connection.copiedMs).toLocaleString()}</span>;
  }
  return (
    <span class="bad">
      not connected since {timeText(connection.lostMs, Date.now())}: is acc ui still running?
    </span>
  );
}

function folderName(directory: string): string {
  return directory.split(/[/\\]/).filter(Boolean).at(-1) ?? directory;
}

function titleOf({ list, view }: State): string {
  const folder = list ? ` – ${folderName(list.directory)}` : "";
  return `${view.kind === "run" ? `Run ${view.id.slice(0, 8)}` : view.kind === "compare" ? "Compare" : "Runs"}${folder}`;
}
