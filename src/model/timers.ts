/**
 * Runs something once after a while; the returned function calls it off. The port through which the
 * model layer knows time. AbortSignal.timeout and setInterval would keep the group in memory.
 */
export type StartTimer = (ms: number, run: () => void) => () => void

/** The runtime's own timers. */
export const startTimer: StartTimer = (ms, run) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
