import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RunSummary } from "../../wire/schema.ts";
import { type Chart, createChart, type Drawn, type Reading } from "../chart/chart.ts";
import { chartPicture } from "../chart/chart-picture.ts";
import { chartSentence } from "../chart/chart-text.ts";
import { axisName, type ChartRun, type Question } from "../chart/question.ts";
import { styleOf } from "../model/colors.ts";
import { exactNumber, keyTitle, runName, shortNumber } from "../model/format.ts";
import { saveFile } from "../save-file.ts";
import { type State, setSettings } from "../store.ts";
import { ReadingLine } from "./reading-line.tsx";
import { ValueTable } from "./value-table.tsx";

type Props = {
  readonly name: string;
  readonly runs: readonly RunSummary[];
  readonly state: State;
  onZoom(zoom: State["zoom"]): void;
};

/** One key of all runs that are shown. */
export function ChartCard({ name, runs, state, onZoom }: Props) {
  const { settings, zoom, colors } = state;
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart>(undefined);
  const [reading, setReading] = useState<Reading>();
  const [drawn, setDrawn] = useState<Drawn>();
  const [isTable, setTable] = useState(false);
  const [isLarge, setLarge] = useState(false);
  const having = runs.filter((run) => name in run.keys);
  const isLogY = settings.logKeys.includes(name);
  const shown = having.map(
    (run): ChartRun => ({
      ...{ id: run.id, name: runName(run), style: styleOf(run, colors) },
      isResumed: run.resumes > 0,
    }),
  );
  const { x, isLogX, smooth } = settings;
  const question: Question = { key: name, runs: shown, x, isLogX, isLogY, smooth, zoom };
  const version = having.map((run) => `${run.keys[name]?.count}.${run.resumes}`).join();
  const title = keyTitle(name);

  useLayoutEffect(() => {
    const element = host.current as HTMLDivElement;
    const made = createChart(element, {
      onZoom,
      onReading: setReading,
      onDrawn: setDrawn,
    });
    chart.current = made;
    const seen = new IntersectionObserver(
      (entries) => made.setSeen(entries.some((entry) => entry.isIntersecting)),
      { rootMargin: "200px" },
    );
    seen.observe(element);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", made.redraw);
    return () => {
      seen.disconnect();
      dark.removeEventListener("change", made.redraw);
      made.destroy();
    };
  }, []);
  useEffect(() => chart.current?.ask(question, version));

  const toggleLog = (): void => {
    const rest = settings.logKeys.filter((key) => key !== name);
    setSettings({ logKeys: isLogY ? rest : [...rest, name] });
  };
  const savePicture = async (): Promise<void> => {
    const canvas = chart.current?.canvas();
    const picture = canvas && (await chartPicture(canvas, name, shown));
    if (picture) saveFile(picture, `${name}.png`);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = cardKeys({ chart: chart.current, toggleLog, savePicture, setTable, onZoom })[
      event.key
    ];
    if (!act || (event.key.length === 1 && /[a-z]/.test(event.key) && !settings.hasShortcuts))
      return;
    event.preventDefault();
    event.stopPropagation();
    act(event.shiftKey ? 10 : 1);
  };

  const id = `chart-${name}`;
  const [min, max] = drawn ? [drawn.x.min, drawn.x.max] : [0, 1];
  return (
    <article class={isLarge ? "card large" : "card"} aria-label={name}>
      <header>
        <h3 title={name}>{title}</h3>
        {smooth > 0 && <span class="dim">smoothed {smooth}</span>}
        <span class="tools">
          <Toggle is={isLogY} label="log" title="Logarithmic y axis (l)" onClick={toggleLog} />
          <Toggle
            is={isTable}
            label="table"
            title="As a table (t)"
            onClick={() => setTable(!isTable)}
          />
          <Toggle is={isLarge} label="large" title="Large" onClick={() => setLarge(!isLarge)} />
          <button type="button" title="Save as PNG (e)" onClick={savePicture}>
            png
          </button>
        </span>
      </header>
      <p id={`${id}-text`} class="unseen">
        {chartSentence(name, having)}
      </p>
      <div
        ref={host}
        class="plot"
        role="slider"
        tabIndex={0}
        aria-label={`${name} by ${axisName(x)}: arrow keys read the values`}
        aria-describedby={`${id}-text`}
        aria-valuemin={min}
        aria-valuemax={max}
        aria-valuenow={reading?.x ?? max}
        aria-valuetext={reading ? spoken(reading, having, x) : "the whole curve"}
        onKeyDown={onKeyDown}
      />
      <ReadingLine reading={reading} drawn={drawn} runs={having} name={name} state={state} />
      {isTable && <ValueTable name={name} runs={having} state={state} />}
    </article>
  );
}

type ToggleProps = {
  readonly is: boolean;
  readonly label: string;
  readonly title: string;
  onClick(): void;
};

function Toggle({ is, label, title, onClick }: ToggleProps) {
  return (
    <button type="button" aria-pressed={is} title={title} onClick={onClick}>
      {label}
    </button>
  );
}

type Actions = {
  readonly chart: Chart | undefined;
  toggleLog(): void;
  savePicture(): Promise<void>;
  setTable(change: (is: boolean) => boolean): void;
  onZoom(zoom: null): void;
};

function cardKeys({ chart, toggleLog, savePicture, setTable, onZoom }: Actions): {
  readonly [key: string]: (times: number) => void;
} {
  return {
    ArrowRight: (times) => chart?.move(times),
    ArrowLeft: (times) => chart?.move(-times),
    Home: () => chart?.move(Number.NEGATIVE_INFINITY),
    End: () => chart?.move(Number.POSITIVE_INFINITY),
    "+": () => chart?.zoomBy(0.5),
    "=": () => chart?.zoomBy(0.5),
    "-": () => chart?.zoomBy(2),
    "0": () => onZoom(null),
    l: toggleLog,
    t: () => setTable((is) => !is),
    e: () => void savePicture(),
  };
}

function spoken(reading: Reading, runs: readonly RunSummary[], x: string): string {
  const values = reading.values.flatMap((value) => {
    const run = runs.find(({ id }) => id === value?.run);
    if (!value || !run) return [];
    const text = value.point ? exactNumber(value.point.smoothed) : shortNumber(value.rough);
    return text === "" ? [] : [`${runName(run)} ${text}`];
  });
  return `${axisName(x)} ${shortNumber(reading.x)}: ${values.join(", ")}`;
}
