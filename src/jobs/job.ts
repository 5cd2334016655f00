/** Writes one segment of a group's log to the archive, or writes it anew under a higher version. */
export interface ArchiveJob {
  readonly v: 1
  readonly kind: 'archive'
  readonly group: string
  readonly first: number
  readonly last: number
  readonly version: number
}

/** Work on the queue. A body carries ids and numbers, never text. */
export type Job = ArchiveJob

/** Makes a queue message's body trustworthy, or undefined: an unknown job is no job. */
export function parseJob(body: unknown): Job | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const job = body as Partial<Record<keyof ArchiveJob, unknown>>
  const { group, first, last, version } = job
  if (job.v !== 1 || job.kind !== 'archive' || typeof group !== 'string') return undefined
  if (!isCount(first) || !isCount(last) || !isCount(version) || last < first) return undefined
  return { v: 1, kind: 'archive', group, first, last, version }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0
}
