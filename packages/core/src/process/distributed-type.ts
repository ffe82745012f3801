/** How the work is distributed; the values are those of Accelerate. Replicas are threads, on whatever `device` says. */
export const DistributedType = {
  /** One replica. */
  No: "NO",
  /** Several replicas, each on a thread of its own. */
  MultiCpu: "MULTI_CPU",
} as const;
export type DistributedType = (typeof DistributedType)[keyof typeof DistributedType];
