/** Port of the local Mixpanel, unless another is chosen. */
export const DEFAULT_SANDBOX_PORT = 8788;

/** Returns why the local Mixpanel is not where it usually is. */
export function describeTakenPort(port: number): string {
  return `Port ${port} is taken by another program, so the local Mixpanel has the next free one.`;
}
