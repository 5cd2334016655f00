/** Everything that is counted. Names are shared with dashboards, so none is ever reused or renamed. */
export const METRICS = [
  'connections_opened',
  'connections_closed',
  'messages',
  'commands',
  'refusals',
  'retractions',
  'replies_started',
  'replies_model',
  'replies_cache',
  'replies_local',
  'replies_stopped',
  'replies_failed',
  'tokens_input',
  'tokens_output',
  'archived_segments',
  'jobs_done',
  'jobs_retried',
  'jobs_dead',
  'alarms',
  'rows_written',
] as const

export type Metric = (typeof METRICS)[number]

/** How much was counted of each metric; what is missing is 0. */
export type Counts = Readonly<Partial<Record<Metric, number>>>

const KNOWN: ReadonlySet<string> = new Set(METRICS)

// More entries than there are metrics are not an account but a mistake.
const MOST_ENTRIES = METRICS.length

/** Makes counts trustworthy: unknown names and what is no count are left out. */
export function parseCounts(value: unknown): Counts {
  if (typeof value !== 'object' || value === null) return {}
  const entries = Object.entries(value).filter(([name, by]) => KNOWN.has(name) && isCount(by))
  return Object.fromEntries(entries)
}

/** One account and another, together. */
export function sum(one: Counts, other: Counts): Counts {
}
