/**
 * The version of W&B's own client whose requests and files we imitate: the server, `wandb sync` and the pages expect
 * the formats of that version.
 */
export const CLIENT_VERSION = "0.31.0";
/** Who wrote a file. */
export const PRODUCER = "acc-tracker-wandb-0.1.0";
/** Oldest reader that a file asks for: no record in it is younger. */
export const MIN_READER_VERSION = "0.40.0";
/** The client's platform, as W&B spells it. */
export const PLATFORM: string = `${process.platform}-${process.arch === "x64" ? "x86_64" : process.arch}`;
