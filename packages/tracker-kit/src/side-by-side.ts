/**
 * Does something with each item, with so many at once, started in their order. After a failure no other is started.
 *
 * @throws the first failure, once all that were started have ended.
 */
export async function sideBySide<T>(
  items: readonly T[],
  most: number,
  use: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const rest = items.values();
  const work = async (): Promise<void> => {
    for (const item of rest) {
      if (failures.length > 0) return;
      try {
        await use(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, work));
  if (failures.length > 0) throw failures[0];
}
