import { useState } from "preact/hooks";
import type { RunSummary } from "../../wire/schema.ts";
import { keyGroups } from "../model/keys.ts";
import { type State, setSettings, setZoom } from "../store.ts";
import { ChartCard } from "./chart-card.tsx";

type Props = {
  readonly runs: readonly RunSummary[];
  readonly state: State;
  /** The load of the machine in place of what was logged: by time, as its samples belong to no step. */
  readonly isOfMachine?: boolean;
};

/** Groups with more cards are closed until they are opened: each card that is seen asks for its points. */
const MANY_CARDS = 60;
const AXES = [
  ["step", "step"],
  ["relative-step", "step from its start"],
  ["time", "time"],
  ["clock", "clock time"],
] as const;

/** All keys of the runs as charts, in groups. */
export function Charts({ runs, state: given, isOfMachine = false }: Props) {
  const [filter, setFilter] = useState("");
  // A part of the time is no part of the steps.
  const [ownZoom, setOwnZoom] = useState<State["zoom"]>(null);
  const state = isOfMachine ? byTime(given, ownZoom) : given;
  const onZoom = isOfMachine ? setOwnZoom : setZoom;
  const all = keyGroups(runs, "", isOfMachine);
  const numKeys = all.reduce((sum, group) => sum + group.keys.length, 0);
  const groups = filter === "" ? all : keyGroups(runs, filter, isOfMachine);
  if (runs.length === 0) return <p class="empty">Tick a run to see its curves.</p>;
  if (numKeys === 0) return <p class="empty">Nothing with numbers was logged yet.</p>;
  return (
    <>
      <ChartTools
        state={state}
        keys={all.flatMap(({ keys }) => keys)}
        hasAxis={!isOfMachine}
        onZoom={onZoom}
      >
        {numKeys > 8 && (
          <label class="field">
            <span>keys</span>
            <input
              type="search"
              placeholder={`${numKeys} keys`}
              value={filter}
              onInput={({ currentTarget }) => setFilter(currentTarget.value)}
            />
          </label>
        )}
      </ChartTools>
      {groups.length === 0 && <p class="empty">No key has “{filter}” in its name.</p>}
      {groups.map(({ name, keys }) => (
        <Group
          key={name}
          name={name}
          keys={keys}
          runs={runs}
          state={state}
          onZoom={onZoom}
          isOnly={groups.length === 1}
        />
      ))}
    </>
  );
}

/** The axes of the user are kept for what was logged. */
function byTime(state: State, zoom: State["zoom"]): State {
  return { ...state, settings: { ...state.settings, x: "time", isLogX: false }, zoom };
}

type GroupProps = Omit<Props, "isOfMachine"> & {
  readonly name: string;
  readonly keys: readonly string[];
  readonly isOnly: boolean;
  onZoom(zoom: State["zoom"]): void;
};

function Group({ name, keys, runs, state, onZoom, isOnly }: GroupProps) {
  const { closedGroups } = state.settings;
  const [isOpened, setOpened] = useState(keys.length <= MANY_CARDS);
  const isOpen = isOpened && !closedGroups.includes(name);
  const cards = isOpen && (
    <div class="cards">
      {keys.map((key) => (
        <ChartCard key={key} name={key} runs={runs} state={state} onZoom={onZoom} />
      ))}
    </div>
  );
  if (isOnly && name === "" && keys.length <= MANY_CARDS) return <section>{cards}</section>;
  const toggle = (): void => {
    const rest = closedGroups.filter((group) => group !== name);
    setOpened(true);
    if (isOpened) setSettings({ closedGroups: isOpen ? [...rest, name] : rest });
  };
  return (
    <section>
      <h2>
        <button type="button" class="fold" aria-expanded={isOpen} onClick={toggle}>
          {name || "others"} <span class="dim">{keys.length}</span>
        </button>
      </h2>
      {cards}
    </section>
  );
}

type ToolsProps = {
  readonly state: State;
  readonly keys: readonly string[];
  /** Whether the axis can be chosen. */
  readonly hasAxis: boolean;
  onZoom(zoom: State["zoom"]): void;
  readonly children?: preact.ComponentChildren;
};

function ChartTools({ state, keys, hasAxis, onZoom, children }: ToolsProps) {
  const { settings, zoom } = state;
  return (
    <div class="bar" role="toolbar" aria-label="Charts">
      {children}
      {hasAxis && <AxisTools state={state} keys={keys} />}
      <label class="field">
        <span>smooth</span>
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={settings.smooth}
          onInput={({ currentTarget }) => setSettings({ smooth: Number(currentTarget.value) })}
        />
        <output>{settings.smooth}</output>
      </label>
      {zoom && (
        <button type="button" onClick={() => onZoom(null)}>
          whole axis
        </button>
      )}
      <span class="hint dim">drag to zoom, double click for the whole, ? for keys</span>
    </div>
  );
}

function AxisTools({ state: { settings }, keys }: Pick<ToolsProps, "state" | "keys">) {
  return (
    <>
      <label class="field">
        <span>x</span>
        <select
          value={settings.x}
          onChange={({ currentTarget }) => setSettings({ x: currentTarget.value })}
        >
          {AXES.map(([axis, label]) => (
            <option key={axis} value={axis}>
              {label}
            </option>
          ))}
          <optgroup label="another key">
            {keys.map((key) => (
              <option key={key} value={`key:${key}`}>
                {key}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={settings.isLogX}
          onChange={({ currentTarget }) => setSettings({ isLogX: currentTarget.checked })}
        />
        <span>log x</span>
      </label>
    </>
  );
}
