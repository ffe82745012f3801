/** Tests that expect what core corrects, with the reason: see `finite-differences/`. */
export const CORRECTED_GRADIENTS = {
  "avgPool gradient x=[3,3,1] f=[3,3] s=1 p=explicit":
    "the mean of a window over the border is of the pixels inside, and so is its gradient",
  "depthwiseConv2d gradients throws error on dilations > 1": "there is a gradient",
  "gradients errors if relevant ops are missing grads": "the gradient of a comparison is 0",
  "mirrorPad grad": "mirrored elements count as well",
  "mirrorPad gradient with clones": "mirrored elements count as well",
};
