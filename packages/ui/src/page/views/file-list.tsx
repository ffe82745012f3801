import { useState } from "preact/hooks";
import type { MediaItem, RunSummary } from "../../wire/schema.ts";
import { getBlob, messageOf } from "../api.ts";
import { mediaPath } from "../media.ts";
import { runName, timeText } from "../model/format.ts";
import { saveFile } from "../save-file.ts";

type Props = { readonly run: RunSummary; readonly items: readonly MediaItem[] };

/** Files that were logged, and the run itself in formats of others. */
export function FileList({ run, items }: Props) {
  const [problem, setProblem] = useState("");
  const save = async (path: string, name: string): Promise<void> => {
    setProblem("");
    try {
      saveFile(await getBlob(path), name);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  const exported = (format: string) => () =>
    save(`api/export/${encodeURIComponent(run.id)}?format=${format}`, `${runName(run)}.${format}`);
  return (
    <>
      <div class="bar">
        <span>The run:</span>
        <button type="button" onClick={exported("csv")}>
          save as CSV
        </button>
        <button type="button" onClick={exported("json")}>
          save as JSON
        </button>
        <button type="button" onClick={exported("html")}>
          save as a page
        </button>
        {problem && (
          <span class="bad" role="alert">
            {problem}
          </span>
        )}
      </div>
      {items.length > 0 && (
        <table class="pairs">
          <thead>
            <tr>
              <th scope="col">file</th>
              <th scope="col">as</th>
              <th scope="col" class="number">
                step
              </th>
              <th scope="col">logged</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => {
              const name = item.file?.name ?? item.key;
              return (
                <tr key={`${item.offset} ${item.index}`}>
                  <th scope="row">
                    <button
                      type="button"
                      class="link"
                      onClick={() => save(mediaPath(run, item), name)}
                    >
                      {name}
                    </button>
                  </th>
                  <td>{item.file?.type ?? item.key}</td>
                  <td class="number">{item.step}</td>
                  <td>{timeText(item.timeMs, Date.now())}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </>
  );
}
