import { useState } from "preact/hooks";
import { PORTION } from "../../wire/portion.ts";
import type { RunSummary, TextLine, TextPage } from "../../wire/schema.ts";
import { getJson } from "../api.ts";
import { Scroll } from "./scroll.tsx";
import { useLoaded } from "./use-loaded.ts";

type Props = {
  readonly run: RunSummary;
  /** What was logged, or what the script printed. */
  readonly kind: "text" | "console";
  readonly count: number;
};

const WORDS = {
  text: { many: "texts", label: "Texts", key: "key" },
  console: { many: "lines", label: "Console", key: "stream" },
} as const;

/** Texts or lines of the console, the newest at the end: those before them on request. */
export function Texts({ run, kind, count }: Props) {
  const words = WORDS[kind];
  const [from, setFrom] = useState<number>();
  const start = from ?? Math.max(0, count - PORTION.lines);
  const page = useLoaded(
    () => getJson<TextPage>(`api/${kind}/${encodeURIComponent(run.id)}?from=${start}`),
    [start, count],
  );
  if (!page) return <p class="empty">Reading …</p>;
  return (
    <section>
      {start > 0 && (
        <button type="button" onClick={() => setFrom(Math.max(0, start - PORTION.lines))}>
          {words.many} before these
        </button>
      )}
      <Scroll kind="texts" label={words.label}>
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">
                step
              </th>
              <th scope="col">{words.key}</th>
              <th scope="col">text</th>
            </tr>
          </thead>
          <tbody>
            {page.lines.map((line: TextLine) => (
              <tr key={line.sequence}>
                <td class="number">{line.step}</td>
                <td>{line.key}</td>
                <td class="text">{line.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {start + page.lines.length < page.end && (
        <button type="button" onClick={() => setFrom(start + page.lines.length)}>
          {words.many} after these
        </button>
      )}
    </section>
  );
}
