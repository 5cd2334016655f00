import type { GroupEvent } from '../protocol/events.ts'

/** One object of the archive: consecutive events of one group, as NDJSON. */
export interface SegmentName {
  readonly group: string
  readonly epoch: string
  readonly first: number
  readonly last: number
  /** Rises when a text in it is taken back: an object is written once and never changed. */
  readonly version: number
}

/** The object's key. Every part of it was made by the server. */
export function segmentKey({ group, epoch, first, last, version }: SegmentName): string {
  const digits = String(first).padStart(12, '0')
  return `${groupPrefix(group)}${epoch}/${digits}-${String(last).padStart(12, '0')}.${version}.ndjson`
}

/** What all segments of a group begin with. */
export function groupPrefix(group: string): string {
  return `v1/g/${group}/`
}

/** The events of a segment's text, in order. */
export function parseSegment(ndjson: string): readonly GroupEvent[] {
  return ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line): GroupEvent => JSON.parse(line))
}
