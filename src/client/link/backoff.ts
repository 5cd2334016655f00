const LEAST_MS = 500
const MOST_MS = 30_000

/**
 * How long to wait before attempt number `attempt` (from 0). Full jitter, so that a thousand members
 * whom one restart threw out don't come back in the same instant.
 */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(MOST_MS, LEAST_MS * 2 ** (attempt + 1))
  return Math.round(LEAST_MS + random() * (ceiling - LEAST_MS))
}
