import fc from "fast-check";
import { suite } from "uvu";
import { cases, requireExactResume } from "./resume-cases.ts";

const seed = Number(process.env.SEED ?? 1); // no run depends on luck
const test = suite(`resumes of any kind (seed ${seed})`);

test("60 trainings: no sample is lost or repeated, the order is that of the epoch, metrics are exact", async () => {
  await fc.assert(fc.asyncProperty(cases, requireExactResume), { numRuns: 60, seed });
});

test.run();
