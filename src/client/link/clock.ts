/** Time as the link needs it, so that a test can move it. */
export interface Clock {
  now(): number
  /** Runs `task` once after `delayMs`; returns how to call it off. */
  after(delayMs: number, task: () => void): () => void
}

// A browser keeps a delay in 31 bits, and runs at once what would take longer than those 24.8 days.
const LONGEST_MS = 2 ** 31 - 1

/** The clock on the wall. */
export const wallClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    let timer: ReturnType<typeof setTimeout>
    const wait = (leftMs: number) => {
      const stepMs = Math.min(leftMs, LONGEST_MS)
      timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : task()), stepMs)
    }
    wait(delayMs)
    return () => clearTimeout(timer)
  },
}
