import type { RunDetail } from "../../wire/schema.ts";
import { exactNumber, timeText, valueText } from "../model/format.ts";

/** The configuration, flat, and what else the trackers were told. */
export function ConfigList({ detail }: { readonly detail: RunDetail }) {
  const entries = Object.entries(detail.run.config).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <>
      {entries.length === 0 ? (
        <p class="empty">Nothing was given as configuration.</p>
      ) : (
        <table class="pairs">
          <thead class="unseen">
            <tr>
              <th scope="col">name</th>
              <th scope="col">value</th>
            </tr>
          </thead>
          <tbody>
            {entries.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{typeof value === "number" ? exactNumber(value) : valueText(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {detail.resumedAt.length > 0 && (
        <>
          <h3>Another process went on</h3>
          <ul>
            {detail.resumedAt.map(({ step, timeMs }) => (
              <li key={timeMs}>
                at step {step}, {timeText(timeMs, Date.now())}
              </li>
            ))}
          </ul>
        </>
      )}
      {detail.calls.length > 0 && (
        <>
          <h3>Calls of trackers</h3>
          <ul>
            {detail.calls.map(({ tracker, method, timeMs }, index) => (
              <li key={index}>
                {tracker ?? "all"}: {method} <span class="dim">{timeText(timeMs, Date.now())}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
