import { useEffect, useState } from "preact/hooks";
import type { RunSummary, TextLine, TextPage } from "../../wire/schema.ts";
import { getJson } from "../api.ts";
import { Scroll } from "./scroll.tsx";

const MAX_LINES = 1000;

/** Texts that were logged, the newest at the end: those before them on request. */
export function Texts({ run, numTexts }: { readonly run: RunSummary; readonly numTexts: number }) {
  const [from, setFrom] = useState<number>();
  const [page, setPage] = useState<TextPage>();
  const start = from ?? Math.max(0, numTexts - MAX_LINES);
  useEffect(() => {
    let isWanted = true;
    getJson<TextPage>(`api/text/${encodeURIComponent(run.id)}?from=${start}`).then(
      (found) => isWanted && setPage(found),
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [start, numTexts]);
  if (!page) return <p class="empty">Reading …</p>;
  return (
    <section>
      {start > 0 && (
        <button type="button" onClick={() => setFrom(Math.max(0, start - MAX_LINES))}>
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
