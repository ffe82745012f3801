/** All hosts but this one. */
export function otherHosts({
  host,
  hosts,
}: {
  readonly host: number;
  readonly hosts: number;
}): number[] {
  return Array.from({ length: hosts }, (_, index) => index).filter((index) => index !== host);
}
