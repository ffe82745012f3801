import { isAbsolute, relative, sep } from "node:path";

/** Whether a path is a directory or lies below it. Both are real paths: links are resolved. */
export function isWithin(directory: string, path: string): boolean {
  const below = relative(directory, path);
  return below.split(sep)[0] !== ".." && !isAbsolute(below);
}
