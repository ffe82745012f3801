/** One hyperparameter as the API has it. */
export type Hyperparameter = {
  readonly section: string;
  readonly name: string;
  readonly value: string;
  /** Python's name of the type; absent for None. */
  readonly type?: string;
  readonly description: string;
};

/** One configuration object as the API has it. */
export type ConfigurationObject = {
  readonly name: string;
  readonly value: string;
  readonly type: "dictionary";
  readonly description?: string;
};

/** The fields of a task that are set as a whole: a change needs the current values. */
export type TaskFields = {
  readonly hyperparams: Readonly<Record<string, Readonly<Record<string, Hyperparameter>>>>;
  readonly configuration: Readonly<Record<string, ConfigurationObject>>;
  readonly tags: readonly string[];
  readonly comment?: string;
};

/** A change of those fields: hyperparameters by section and name, tags to add. */
export type TaskEdit = Partial<TaskFields>;

/** The fields after a change: of equal names the later value is kept. It is idempotent. */
export function applyEdit(fields: TaskFields, edit: TaskEdit): TaskFields {
  let { hyperparams } = fields;
  for (const [section, parameters] of Object.entries(edit.hyperparams ?? {})) {
    // Spread, not assigned: a section may be called __proto__.
    hyperparams = { ...hyperparams, [section]: { ...hyperparams[section], ...parameters } };
  }
  return {
    ...fields,
    ...(edit.comment === undefined ? {} : { comment: edit.comment }),
    hyperparams,
    configuration: { ...fields.configuration, ...edit.configuration },
    tags: [...new Set([...fields.tags, ...(edit.tags ?? [])])],
  };
}
