/** The names of the members of a tracker's native object; those that hold an object with members of their own, with these. */
export interface NativeMembers {
  readonly [name: string]: NativeMembers | true;
}
