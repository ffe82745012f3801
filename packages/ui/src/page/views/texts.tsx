import { useState } from "preact/hooks";
import { PORTION } from "../../wire/portion.ts";
import type { RunSummary, TextLine, TextPage } from "../../wire/schema.ts";
import { getJson } from "../api.ts";
import { Scroll } from "./scroll.tsx";
import { useLoaded } from "./use-loaded.ts";

/** Texts that were logged, the newest at the end: those before them on request. */
export function Texts({ run, numTexts }: { readonly run: RunSummary; readonly numTexts: number }) {
  const [from, setFrom] = useState<number>();
  const start = from ?? Math.max(0, numTexts - PORTION.lines);
  const page = useLoaded(
    () => getJson<TextPage>(`api/text/${encodeURIComponent(run.id)}?from=${start}`),
    [start, numTexts],
  );
  if (!page) return <p class="empty">Reading …</p>;
  return (
    <section>
      {start > 0 && (
        <button type="button" onClick={() => setFrom(Math.max(0, start - PORTION.lines))}>
          texts before these
        </button>
      )}
      <Scroll kind="texts" label="Texts">
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">
                step
              </th>
              <th scope="col">key</th>
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
          texts after these
        </button>
      )}
    </section>
  );
}
