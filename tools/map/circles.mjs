/** Files that import each other, and folders that do. */
import { dirname } from "node:path";

/** The strongly connected components of more than one file (Tarjan's algorithm). */
export function fileCircles(imports) {
  const order = new Map();
  const lowest = new Map();
  const stack = [];
  const circles = [];
  const visit = (file) => {
    order.set(file, order.size);
    lowest.set(file, order.get(file));
    stack.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(file, Math.min(lowest.get(file), lowest.get(next)));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const component = stack.splice(stack.indexOf(file));
    if (component.length > 1) circles.push(component);
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles;
}

/** Pairs of folders that import each other, with an example file for each direction. */
export function twoWayFolders(imports) {
  const arrows = new Map();
  for (const [file, targets] of imports) {
    for (const target of targets) {
      const [from, to] = [dirname(file), dirname(target)];
      if (from !== "." && to !== "." && from !== to) arrows.set(`${from} -> ${to}`, [file, target]);
    }
  }
  return [...arrows.entries()]
    .map(([arrow, example]) => ({ folders: arrow.split(" -> "), example }))
    .filter(({ folders: [from, to] }) => from < to && arrows.has(`${to} -> ${from}`))
    .map(({ folders, example }) => ({
      folders,
      examples: [example, arrows.get(folders.reverse().join(" -> "))],
    }));
}
