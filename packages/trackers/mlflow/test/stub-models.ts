type Entry = { readonly key: string; readonly value: unknown };
type StubModel = {
  readonly info: { [name: string]: unknown };
  readonly params: Entry[];
  /** Points as JSON: the server keeps equal ones once. */
  readonly metrics: Set<string>;
};

export type ModelRequest = {
  readonly run_id: string;
  readonly experiment_id: string;
  readonly name: string;
  readonly filter: string;
  readonly status: string;
  readonly models: readonly { readonly model_id: string }[];
  readonly params: Entry[];
  readonly tags: Entry[];
};

/** The logged models of a stub server, after what MLflow 3.17.2 answered. */
export class StubModels {
  /** False: as before version 3. */
  areThere = true;
  readonly byId = new Map<string, StubModel>();

  get held(): unknown {
    return [...this.byId.values()].map(({ info: { status, name }, params, metrics }) => ({
      ...{ status, name, params, metrics: [...metrics] },
    }));
  }

  add(id: string | undefined, point: object): void {
    if (id !== undefined) this.byId.get(id)?.metrics.add(JSON.stringify(point));
  }

  answer(
    path: string,
    json: ModelRequest,
    runs: ReadonlyMap<string, { readonly modelIds: string[] }>,
  ): [number, unknown] {
    if (!this.areThere) return [404, undefined];
    if (path === "/logged-models/search") {
      const [, tag, value] = /^tags\.`([^`]+)` = '([^']*)'$/.exec(json.filter) ?? [];
      const models = [...this.byId.values()].filter(({ info }) =>
        (info.tags as Entry[]).some((one) => one.key === tag && one.value === value),
      );
      return [200, models.length === 0 ? {} : { models: models.map((one) => answerOf(one).model) }];
    }
    if (path === "/runs/outputs") {
      const ids = runs.get(json.run_id)?.modelIds ?? [];
      const id = json.models[0]?.model_id ?? "";
      if (ids.includes(id)) return refused("BAD_REQUEST", "UNIQUE constraint");
      ids.push(id);
      return [200, {}];
    }
    if (path === "/logged-models") return this.#create(json);
    const [, id = "", part] = /^\/logged-models\/([^/]+)(\/params)?$/.exec(path) ?? [];
    const model = this.byId.get(id);
    if (!model) return [404, undefined];
    if (part === undefined) model.info.status = json.status;
    else model.params.push(...json.params);
    return [200, part === undefined ? answerOf(model) : {}];
  }

  #create({ params, ...json }: ModelRequest): [number, unknown] {
    const invalid = (message: string) => refused("INVALID_PARAMETER_VALUE", message);
    if (/[/:.%"']|^$/.test(json.name)) return invalid("Invalid model name");
    if (params.length > 100) return invalid("Too many params");
    const model_id = `m-${this.byId.size + 1}`;
    const artifact_uri = `mlflow-artifacts:/${json.experiment_id}/models/${model_id}/artifacts`;
    const info = { ...json, model_id, artifact_uri, status: "LOGGED_MODEL_PENDING" };
    const model: StubModel = { info, params, metrics: new Set() };
    this.byId.set(model_id, model);
    return [200, answerOf(model)];
  }
}

function answerOf({ info, params }: StubModel) {
  return { model: { info, data: { params } } };
}

export function refused(error_code: string, message: string, status = 400): [number, unknown] {
  return [status, { error_code, message }];
}
