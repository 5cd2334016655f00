import type { GroupEvent } from '../protocol/events.ts'
import { groupPrefix, parseSegment, segmentKey } from './segment.ts'
import type { SegmentName } from './segment.ts'

/** The part of R2 that the archive uses. */
export type ArchiveBucket = Pick<R2Bucket, 'get' | 'put' | 'head' | 'list' | 'delete'>

/** The archive could not be read or written; recent storage keeps what it has. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError'
}

/** Old history: immutable segments in R2. */
export class Archive {
  readonly #bucket: ArchiveBucket

  constructor(bucket: ArchiveBucket) {
    this.#bucket = bucket
  }

  /**
   * Writes a segment that does not exist yet; R2 checks the digest while it stores it. A segment
   * that is there already is left alone if it is the same.
   *
   * @throws ArchiveError when another text lies under the same key.
   */
  async put(name: SegmentName, ndjson: string): Promise<string> {
    const key = segmentKey(name)
    const bytes = new TextEncoder().encode(ndjson)
    const sha256 = await crypto.subtle.digest('SHA-256', bytes)
    const written = await this.#bucket.put(key, bytes, {
      onlyIf: { etagDoesNotMatch: '*' },
      sha256,
      httpMetadata: { contentType: 'application/x-ndjson' },
    })
    const stored = written ?? (await this.#bucket.head(key))
    if (!stored?.checksums.sha256 || !isSame(stored.checksums.sha256, sha256)) {
      throw new ArchiveError(`segment ${name.first}-${name.last} exists with other content`)
    }
    return key
  }

  /**
   * The events of the segment under `key`.
   *
   * @throws ArchiveError when it is missing: an archived segment must be there.
   */
  async read(key: string): Promise<readonly GroupEvent[]> {
    const object = await this.#bucket.get(key)
    if (!object) throw new ArchiveError('a segment that the log names is not in the bucket')
    return parseSegment(await object.text())
  }

  async remove(key: string): Promise<void> {
    await this.#bucket.delete(key)
  }

  /** Removes every segment of a group; the number of objects removed. */
  async erase(group: string): Promise<number> {
    let removed = 0
    for (;;) {
      // Always the first page: what was listed before is gone.
      const { objects, truncated } = await this.#bucket.list({ prefix: groupPrefix(group) })
      if (objects.length > 0) await this.#bucket.delete(objects.map(({ key }) => key))
      removed += objects.length
      if (!truncated) return removed
    }
  }
}

function isSame(a: ArrayBuffer, b: ArrayBuffer): boolean {
  const [left, right] = [new Uint8Array(a), new Uint8Array(b)]
  return left.length === right.length && left.every((byte, at) => byte === right[at])
}
