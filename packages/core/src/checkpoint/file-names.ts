/** Accelerate's names: `model.safetensors`, `model_1.safetensors`, …. */
export function numbered(name: string, index: number, extension: string): string {
  return `${name}${index === 0 ? "" : `_${index}`}.${extension}`;
}

export const STATE_FILE = "state.json";

/** What an outer step of `localSgd` remembers. */
export const LOCAL_SGD_FILE = "local_sgd.safetensors";

export function rankFile(rank: number): string {
  return `rank_${rank}.safetensors`;
}

/** Without extension. */
export function customFile(index: number): string {
  return `custom_checkpoint_${index}`;
}
