/** What all ranks must have alike, by names that a user understands. */
export type Facts = { readonly [name: string]: number | boolean | string | null | undefined };

/** The first fact that a rank has otherwise than rank 0, as text; undefined if all are alike. */
export function differenceIn(ranks: readonly Facts[]): string | undefined {
  const [first = {}] = ranks;
  for (const name of Object.keys(first)) {
    const other = ranks.findIndex((facts) => facts[name] !== first[name]);
    if (other < 0) continue;
    return `${name} is ${first[name]} on rank 0 and ${ranks[other]?.[name]} on rank ${other}`;
  }
  return undefined;
}
