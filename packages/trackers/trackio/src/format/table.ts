import type { LogValue, TableData } from "@acc/core/tracker";

export type TableValue = {
  readonly _type: "trackio.table";
  readonly _value: { readonly [column: string]: LogValue }[];
};

/** A table as the value of a row: its rows as objects. */
export function tableValue({ columns, rows }: TableData): TableValue {
  const names = uniqueNames(columns);
  const objects = rows.map((row) =>
    Object.fromEntries(names.map((name, at): [string, LogValue] => [name, row[at]])),
  );
  return { _type: "trackio.table", _value: objects };
}

/** An object holds one value of a name: the second column `a` becomes `a_2`. */
function uniqueNames(columns: readonly string[]): string[] {
  const taken = new Set(columns);
  const seen = new Set<string>();
  return columns.map((column) => {
    let name = column;
    for (let count = 2; seen.has(name); count++) {
      if (!taken.has(`${column}_${count}`)) name = `${column}_${count}`;
    }
    seen.add(name);
    taken.add(name);
    return name;
  });
}
