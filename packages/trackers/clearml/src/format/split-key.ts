/** Accelerate's rule: `eval_`, `test_` and `train_` give the series; any other key belongs to the series `train`. */
export function splitKey(key: string): { readonly title: string; readonly series: string } {
  const [, series = "train", title = ""] = /^(?:(eval|test|train)_)?(.*)$/s.exec(key) ?? [];
  return { title, series };
}
