import type { Experiment, SwanLabServer } from "./swanlab-server.ts";

/** What a service holds of a run, without clock and the bytes of pictures, which every encoder chooses. */
export function comparableRun(server: SwanLabServer): { readonly [part: string]: unknown } {
  const { body, scalars, media, files, config, state, project } = server.experiment;
  const { createdAt: _, colors, ...about } = body;
  return {
    ...{ about, config, state, project, files },
    series: server.series,
    scalars: dataOf(scalars),
    media: dataOf(media),
    texts: Object.entries(server.objects)
      .filter(([path]) => /\.(txt|json)$/.test(path) && path.startsWith("media/"))
      .map(([path, bytes]) =>
        path.endsWith(".json") ? JSON.parse(`${bytes}`) : `${path} ${bytes}`,
      ),
    unknown: server.unknown,
  };
}

function dataOf(series: Experiment["scalars"]): object {
  return Object.fromEntries(
    Object.entries(series)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, points]) => [
        key,
        Object.fromEntries(
          Object.entries(points).map(([step, { data, more }]) => [step, [fileNames(data), more]]),
        ),
      ]),
  );
}

/** The digits of an image's or a chart's name are of its bytes. */
function fileNames(data: unknown): unknown {
  if (!Array.isArray(data)) return data;
  return data.map((path) => String(path).replace(/-[0-9a-f]{8}\.(png|json)$/, ".$1"));
}
