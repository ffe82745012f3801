import { suite } from "uvu";
import * as assert from "uvu/assert";
import { installedMpis } from "./installed-mpis.ts";
import { KINDS, reference, WORLD, weightsOf } from "./weights.ts";

const test = suite("the bits of one host");
if (installedMpis.length === 0) test.skip("no MPI is installed", () => {});

for (const mpi of installedMpis)
  for (const kind of KINDS)
    test(`${kind} on ${mpi.name}: 2 x 2 and 4 x 1 are 1 x 4`, async () => {
      const expected = await reference(mpi, kind, WORLD);
      for (const processes of [2, 4])
        assert.is(
          await weightsOf(mpi, processes, WORLD, { kind }),
          expected,
          `${processes} processes`,
        );
    });

for (const mpi of installedMpis)
  test(`hosts with unequal numbers on ${mpi.name}: 2 + 1 is 1 x 3`, async () => {
    const expected = await reference(mpi, "mlp", 3);
    assert.is(await weightsOf(mpi, 2, 3, { kind: "mlp" }), expected);
  });

test("other weights give other digests", async () => {
  const [mpi] = installedMpis;
  if (!mpi) return;
  assert.is.not(await reference(mpi, "mlp", 3), await reference(mpi, "mlp", WORLD));
  assert.is.not(await reference(mpi, "mlp", WORLD), await reference(mpi, "cnn", WORLD));
});

test.run();
