import {
  add,
  cast,
  type GradConfig,
  mul,
  range,
  reshape,
  type Tensor,
  type Tensor1D,
  transpose,
  unsortedSegmentSum,
  util,
} from "@tensorflow/tfjs-core";

type Attributes = { readonly axis: number; readonly batchDims: number };

/** Of slices by index, for any number of batch dimensions; tfjs is right up to one. */
export const gatherGradient: GradConfig = {
  kernelName: "GatherV2",
  inputsToSave: ["x", "indices"],
  gradFunc: (dy, [x, indices], attributes) => ({
    x: () =>
      scatter(dy as Tensor, x as Tensor, indices as Tensor, attributes as unknown as Attributes),
    indices: () => indices as Tensor, // not differentiable
  }),
};

/** Adds each slice of `dy` to the slice of x that it came from. */
function scatter(dy: Tensor, x: Tensor, indices: Tensor, attributes: Attributes): Tensor {
  const [axis = 0] = util.parseAxisParam(attributes.axis, x.shape);
  const batchDims =
    attributes.batchDims < 0 ? attributes.batchDims + indices.rank : attributes.batchDims;
  const places = indices.rank - batchDims;
  const length = x.shape[axis] as number;
  const axes = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  // Slices last: [batch…, places…, outer…, inner…].
  const order = [
    ...axes(0, batchDims),
    ...axes(axis, axis + places),
    ...axes(batchDims, axis),
    ...axes(axis + places, dy.rank),
  ];
  const batch = x.shape.slice(0, batchDims);
  const slice = [...x.shape.slice(batchDims, axis), ...x.shape.slice(axis + 1)];
  const batches = util.sizeFromShape(batch);
  const rows = reshape(transpose(dy, order), [indices.size, util.sizeFromShape(slice)]);
  const start = reshape(mul(range(0, batches, 1, "int32"), length), [batches, 1]);
  const ids = add(reshape(indices, [batches, indices.size / batches]), start);
  const sums = unsortedSegmentSum(
    rows,
    cast(reshape(ids, [indices.size]), "int32") as Tensor1D,
    batches * length,
  );
  const back = [
    ...axes(0, batchDims),
    ...axes(batchDims + 1, axis + 1),
    batchDims,
    ...axes(axis + 1, x.rank),
  ];
  return transpose(reshape(sums, [...batch, length, ...slice]), back);
}
