/** Rows of a table, and lines of text, in one answer: the page asks for the next ones by their place. */
export const PORTION = { rows: 1000, lines: 1000 } as const;
