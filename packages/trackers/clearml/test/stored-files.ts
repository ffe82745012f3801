/**
 * Stores the parts of a form as ClearML's files server does, by their names.
 *
 * @param type the content type, which names the boundary.
 * @returns the names.
 */
export function storeFiles(files: Map<string, Buffer>, raw: Buffer, type: string): string[] {
  const boundary = Buffer.from(`--${/boundary="?([^";]+)/.exec(type)?.[1]}`);
  const names: string[] = [];
  let at = raw.indexOf(boundary);
  for (;;) {
    const end = raw.indexOf(boundary, at + boundary.length);
    if (end < 0) return names;
    const part = raw.subarray(at + boundary.length + 2, end - 2);
    const split = part.indexOf("\r\n\r\n");
    const name = /name="([^"]*)"/.exec(part.subarray(0, split).toString("utf8"))?.[1] ?? "";
    if (name.split("/").some((component) => component === ".." || component.length > 255)) {
      throw new Error(`Not Found: ${name}`);
    }
    files.set(name, part.subarray(split + 4));
    names.push(name);
    at = end;
  }
}
