/** A request as the vectors record it. */
export type RecordedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: JSON that each test knows the shape of
  readonly json?: any;
  readonly text?: string;
  readonly parts?: readonly RequestPart[];
};

export type RequestPart = {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly text?: string;
};

export type ReadMetric = {
  readonly name: string;
  readonly value: number | string;
  readonly step: number | null;
  readonly epoch: number | null;
  readonly context: string | null;
  readonly timestamp: number;
};

/** What a service holds of an experiment after these requests. */
export type ReadExperiment = {
  /** Every point that was sent, in order: one sent twice is here twice. */
  readonly metrics: ReadMetric[];
  readonly parameters: Record<string, unknown>;
  readonly others: Record<string, unknown>;
  readonly tags: string[];
  /** By id: a file sent twice is one. */
  readonly files: Map<string, ReadFile>;
  readonly alive: boolean[];
};

export type ReadFile = {
  readonly endpoint: string;
  readonly name: string;
  readonly type: string | undefined;
  readonly step: string | undefined;
  readonly sha256: string;
  readonly bytes: number;
  readonly metadata: string | undefined;
};

/** Reads the requests for one experiment the way a service would. */
export function readRequests(requests: readonly RecordedRequest[], key: string): ReadExperiment {
  const read: ReadExperiment = {
    ...{ metrics: [], parameters: {}, others: {}, tags: [], files: new Map(), alive: [] },
  };
  for (const request of requests) {
    const { json, query } = request;
    if (![json?.experimentKey, query.experimentId, query.experimentKey].includes(key)) continue;
    readRequest(read, request);
  }
  read.tags.splice(0, read.tags.length, ...[...new Set(read.tags)].sort());
  return read;
}

function readRequest(read: ReadExperiment, { path, json, query, parts }: RecordedRequest): void {
  switch (path.replace(/^\/(clientlib|api\/rest\/v2)\//, "")) {
    case "batch/logger/experiment/metric":
      for (const { metricName, metricValue, ...place } of json.values) {
        read.metrics.push({ name: metricName, value: metricValue, ...place });
      }
      break;
    case "write/experiment/metric": {
      const { metricName, metricValue, step = null, epoch = null, context = null } = json;
      const { timestamp } = json;
      read.metrics.push({ name: metricName, value: metricValue, step, epoch, context, timestamp });
      break;
    }
    case "batch/logger/experiment/parameter":
      for (const { parameterName, parameterValue, step, source } of json.values) {
        read.parameters[`${parameterName} (${source})`] = [parameterValue, step];
      }
      break;
    case "write/experiment/parameter":
      read.parameters[json.parameterName] = [json.parameterValue, json.step ?? null];
      break;
    case "write/experiment/log-other":
      read.others[json.key] = json.value;
      break;
    case "tags/add-tags-to-experiment":
    case "write/experiment/tags":
      read.tags.push(...json.addedTags);
      break;
    case "visualizations/upload":
    case "asset/upload":
    case "write/experiment/upload-asset": {
      const file = parts?.find(({ name }) => name === "file");
      const { figName, fileName, type, step, assetId, imageId } = query;
      const name = figName ?? fileName ?? "";
      read.files.set(assetId ?? imageId ?? `${name}@${step}`, {
        ...{ endpoint: path, name, type, step },
        ...{ sha256: file?.sha256 ?? "", bytes: file?.bytes ?? 0 },
        metadata: parts?.find((part) => part.name === "metadata")?.text,
      });
      break;
    }
    case "status-report/update":
      read.alive.push(json.is_alive);
      break;
  }
}

/** The same without ids and times, in one order: what must be equal between two clients. */
export function comparable({ metrics, parameters, others, tags, files }: ReadExperiment): object {
  const isOwn = ({ name }: ReadMetric) => name !== "process duration" && !name.startsWith("sys.");
  return {
    metrics: metrics
      .filter(isOwn)
      .map(({ name, value, step, epoch, context }) =>
        JSON.stringify([name, value, step, epoch, context]),
      )
      .sort(),
    parameters: Object.fromEntries(Object.entries(parameters).sort()),
    others: Object.fromEntries(Object.entries(others).sort()),
    tags,
    files: [...files.values()].map((file) => JSON.stringify(file)).sort(),
  };
}

/** False for the file with the whole of a text that was cut: the official client keeps none. */
export function isShared({ query }: RecordedRequest): boolean {
  return query.fileName !== "long.txt";
}

/**
 * What an official client and ours must agree on: without the bytes of images, which encoders choose, and the whole of
 * the text that was cut, which only we keep.
 */
export function sketch(requests: readonly RecordedRequest[], key: string): object {
  const read = readRequests(requests.filter(isShared), key);
  const files = [...read.files].map(([id, file]): [string, ReadFile] => {
    const isImage = file.endpoint.includes("visualizations");
    return [id, isImage ? { ...file, sha256: "", bytes: 0 } : file];
  });
  const { offline_experiment, ...others } = read.others; // said of archives only
  return comparable({ ...read, others, files: new Map(files) });
}
