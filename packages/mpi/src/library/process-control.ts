import koffi from "koffi";

/** What MPI programs need of the C library, and Node.js does not offer. */
export type ProcessControl = {
  /** Has the system end this process in so many seconds, whatever it does then; 0 calls that off. */
  readonly alarm: (seconds: number) => number;
  /** Ends this process at once: no exit handler of a library can hang, or crash while another thread is inside MPI. */
  readonly endNow: (exitCode: number) => void;
};

export function processControl(): ProcessControl {
  const libc = koffi.load(null);
  return {
    alarm: libc.func("alarm", "uint", ["uint"]) as ProcessControl["alarm"],
    endNow: libc.func("_exit", "void", ["int"]) as ProcessControl["endNow"],
  };
}
