import type { Archive } from '../history/archive.ts'
import type { ArchiveJob } from './job.ts'

/** What the archive needs of a group's object. */
export interface ArchivedGroup {
  /** The segment's events as NDJSON with what was taken back left out; undefined if unwanted by now. */
  exportSegment(
    first: number,
    last: number,
    version: number,
  ): Promise<{ readonly epoch: string; readonly ndjson: string } | undefined>
  /** Takes note of a stored segment; answers which key nobody needs any more. */
  markArchived(first: number, version: number, key: string): Promise<string | undefined>
}

/**
 * Brings one segment to the archive. Doing it twice, late or out of order ends in the same state: a
 * key is written once, and the group decides which version counts.
 */
export async function archiveSegment(
  job: ArchiveJob,
  group: ArchivedGroup,
  archive: Archive,
): Promise<boolean> {
  const { first, last, version } = job
  const segment = await group.exportSegment(first, last, version)
  if (!segment) return false
  const name = { group: job.group, epoch: segment.epoch, first, last, version }
  const key = await archive.put(name, segment.ndjson)
  const obsolete = await group.markArchived(first, version, key)
  if (obsolete !== undefined) await archive.remove(obsolete)
  return true
}
