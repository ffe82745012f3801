/** Tags of messages between hosts. Those of one kind arrive in the order in which they are sent. */
export const TAGS = {
  /** What all hosts must have alike, before anything else. */
  hello: 1,
  /** Why a host ends; one from each host to each. */
  notice: 2,
  /** A host that has failed has told its user. */
  farewell: 3,
  /** The cells that rank 0 writes. */
  cells: 4,
  headers: 5,
  /** Sums, on their way to the last host. */
  prefix: 6,
  /** Results, on their way back. */
  result: 7,
  broadcast: 8,
  gather: 9,
} as const;
