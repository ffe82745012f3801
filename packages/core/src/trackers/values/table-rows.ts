import { AcceleratorError, messageOf } from "../../errors.ts";
import { isPlainObject } from "../../plain-object.ts";
import type { Loggable } from "../../tracker-contract/loggable.ts";
import type { TableSource } from "./marked-value.ts";

type TableRows = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Loggable[])[];
};

/**
 * A table in the one form trackers get, cells still as the user gave them.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` naming the row that does not fit the columns.
 */
export function normaliseTable(name: string, source: TableSource): TableRows {
  try {
    return rowsOf(name, source);
  } catch (error) {
    if (error instanceof AcceleratorError) throw error;
    throw invalid(name, `it cannot be read: ${messageOf(error)}`);
  }
}

function rowsOf(name: string, source: TableSource): TableRows {
  if (Array.isArray(source)) return tableOfObjects(name, source);
  const { columns, rows } = (source ?? {}) as Extract<TableSource, { columns: unknown }>;
  if (!Array.isArray(columns) || !Array.isArray(rows)) {
    throw invalid(name, "it needs { columns, rows }, or a list of objects");
  }
  const odd = rows.findIndex((row) => !Array.isArray(row) || row.length !== columns.length);
  if (odd >= 0) throw invalid(name, `row ${odd} does not have the ${columns.length} columns`);
  return { columns, rows };
}

function tableOfObjects(
  name: string,
  objects: readonly { readonly [column: string]: Loggable }[],
): TableRows {
  const odd = objects.findIndex((row) => !isPlainObject(row));
  if (odd >= 0) throw invalid(name, `row ${odd} is not an object`);
  const columns = [...new Set(objects.flatMap((row) => Object.keys(row)))];
  // Only what the row has itself: a column may be called __proto__.
  const cellOf = (row: { readonly [column: string]: Loggable }, column: string): Loggable =>
    Object.hasOwn(row, column) ? (row[column] ?? null) : null;
  return { columns, rows: objects.map((row) => columns.map((column) => cellOf(row, column))) };
}

function invalid(name: string, fault: string): AcceleratorError {
  return new AcceleratorError("VALUE_INVALID", `The table "${name}" cannot be logged: ${fault}.`);
}
