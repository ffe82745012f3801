/** The same in TypeScript. */
export default function script(): void {}
