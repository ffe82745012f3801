import type { RefObject } from "preact";
import { currentState, type State, setSettings, setTicked, show, tick } from "../store.ts";

const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ["/", "filter"],
  ["j k", "next row, previous row"],
  ["x", "show or hide the curves of the row"],
  ["o", "open the run of the row"],
  ["a", "no curves, or all"],
  ["c", "compare the runs that are ticked"],
  ["Esc", "back to all runs"],
  ["← →", "on a chart: previous point, next point; with Shift ten of them"],
  ["+ − 0", "on a chart: closer, farther, the whole axis"],
  ["l t e", "on a chart: logarithm, table, PNG"],
  ["?", "this list"],
];

/** Listens to the keys of the page. @returns a function that ends it. */
export function pageKeys(showList: () => void): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const isTyping = target.matches("input:not([type=checkbox], [type=range]), textarea, select");
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("dialog")) return;
    if (event.key === "Escape") {
      if (isTyping) target.blur();
      else if (currentState().view.kind !== "runs") show({ kind: "runs" });
      return;
    }
    if (isTyping || !currentState().settings.hasShortcuts) return;
    const act = actions(showList)[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  addEventListener("keydown", onKeyDown);
  return () => removeEventListener("keydown", onKeyDown);
}

function actions(showList: () => void): { readonly [key: string]: () => void } {
  return {
    "/": () => document.getElementById("filter")?.focus(),
    "?": showList,
    j: () => focusRow(1),
    k: () => focusRow(-1),
    x: () => withRow((id) => tick(id, !currentState().ticked.has(id))),
    o: () => withRow((id) => show({ kind: "run", id, tab: "charts" })),
    a: () => {
      const { runs, ticked } = currentState();
      setTicked(ticked.size > 0 ? [] : runs.map(({ id }) => id));
    },
    c: () => {
      if (currentState().ticked.size > 1) show({ kind: "compare" });
    },
  };
}

/** The rows of the table are reached through their checkboxes. */
function focusRow(step: number): void {
  const boxes = [...document.querySelectorAll<HTMLInputElement>("tr[data-run] input")];
  const at = boxes.findIndex((box) => box.closest("tr")?.contains(document.activeElement));
  boxes[at < 0 ? 0 : Math.min(Math.max(at + step, 0), boxes.length - 1)]?.focus();
}

function withRow(act: (id: string) => void): void {
  const id = document.activeElement?.closest("tr")?.dataset.run;
  if (id !== undefined) act(id);
}

type Props = { readonly dialog: RefObject<HTMLDialogElement | null>; readonly state: State };

export function KeyList({ dialog, state }: Props) {
  const { hasShortcuts } = state.settings;
  return (
    <dialog ref={dialog} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl class="keys">
        {KEYS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={hasShortcuts}
          onChange={() => setSettings({ hasShortcuts: !hasShortcuts })}
        />
        <span>single letters are keys</span>
      </label>
      <button type="button" onClick={() => dialog.current?.close()}>
        close
      </button>
    </dialog>
  );
}
