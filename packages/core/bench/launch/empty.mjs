/** A training script that does nothing. */
export default function script() {}
