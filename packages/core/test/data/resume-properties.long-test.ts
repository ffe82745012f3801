import fc from "fast-check";
import { suite } from "uvu";
import { cases, requireExactResume } from "./resume-cases.ts";

const seed = Number(process.env.SEED ?? 1); // the same cases in every run
const test = suite(`resumes of any kind (SEED=${seed})`);

test("5000 trainings: no sample is lost or repeated, the order is that of the epoch, metrics are exact", async () => {
  console.log(`SEED=${seed}`);
  await fc.assert(fc.asyncProperty(cases, requireExactResume), { numRuns: 5000, seed });
});

test.run();
