/** Time as the link needs it, so that a test can move it. */
export interface Clock {
  now(): number
  /** Runs `task` once after `delayMs`; returns how to call it off. */
  after(delayMs: number, task: () => void): () => void
}

/** The clock on the wall. */
export const wallClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs)
    return () => clearTimeout(timer)
  },
}
