import { type Fields, newId } from "./stored-fields.ts";

export type StoredModel = { id: string; uri: string } & Fields;

/** The models of a ClearML server, and the calls that concern them. */
export class StoredModels {
  readonly all = new Map<string, StoredModel>();

  /** @returns undefined for a call that does not concern models. */
  act(action: string, body: Fields): object | undefined {
    switch (action) {
      case "models.create": {
        const id = newId();
        const empty = { company: "c", tags: [], system_tags: [] };
        this.all.set(id, { ...empty, uri: "", ...body, id });
        return { id, created: true };
      }
      case "models.get_by_id":
        return { model: this.#model(body) };
      case "models.edit": {
        const { model: _, ...fields } = body;
        Object.assign(this.#model(body), fields);
        return { updated: 1, fields };
      }
      case "models.get_all": {
        const { pattern = "" } = (body._any_ ?? {}) as { pattern?: string };
        const { id, task, tags } = body as { id?: string[]; task?: string[]; tags?: string[] };
        const models = [...this.all.values()].filter(
          (model) =>
            (!id || id.includes(model.id)) &&
            (!task || task.includes(String(model.task))) &&
            (!tags || tags.every((tag) => (model.tags as string[] | undefined)?.includes(tag))) &&
            String(model.comment ?? "").includes(pattern),
        );
        return { models };
      }
      case "models.add_or_update_metadata": {
        const model = this.#model(body);
        const metadata = (model.metadata ?? []) as { key: string }[];
        const added = body.metadata as { key: string }[];
        const others = metadata.filter(({ key }) => !added.some((one) => one.key === key));
        model.metadata = [...others, ...added];
        return { updated: 1 };
      }
      default:
        return undefined;
    }
  }

  #model(body: Fields): StoredModel {
    const model = this.all.get(String(body.model));
    if (!model) throw new Error(`Invalid model id: id=${body.model}`);
    return model;
  }
}
