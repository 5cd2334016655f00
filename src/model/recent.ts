const BUCKET_MS = 3_000
const BUCKETS = 10

// A share is judged by the lower end of what it may really be, surely to nine in ten.
const Z = 1.28

interface Bucket {
  /** Buckets are numbered from 1970; one that is not of the last ten is old. */
  readonly at: number
  count: number
  marked: number
}

/** How many of the things of the last 30 s were marked (had failed, were slow). */
export class Recent {
  #buckets: Bucket[] = []

  add(isMarked: boolean, now: number): void {
    const at = Math.floor(now / BUCKET_MS)
    this.#buckets = this.#fresh(now)
    let bucket = this.#buckets.find((known) => known.at === at)
    if (!bucket) {
      bucket = { at, count: 0, marked: 0 }
      this.#buckets.push(bucket)
    }
    bucket.count += 1
    if (isMarked) bucket.marked += 1
  }

  sum(now: number): { readonly count: number; readonly marked: number } {
    let count = 0
    let marked = 0
    for (const bucket of this.#fresh(now)) {
      count += bucket.count
      marked += bucket.marked
    }
    return { count, marked }
  }

  clear(): void {
    this.#buckets = []
  }

  // What lies ahead was counted by a clock that has been put back since.
  #fresh(now: number): Bucket[] {
    const newest = Math.floor(now / BUCKET_MS)
    return this.#buckets.filter(({ at }) => at <= newest && at > newest - BUCKETS)
  }
}

/** The lower end of the Wilson score interval: a share that is surely reached, few things or many. */
export function surelyAtLeast(marked: number, count: number): number {
  if (count === 0) return 0
  const share = marked / count
  const z2 = Z * Z
  const spread = Z * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count * count))
  return (share + z2 / (2 * count) - spread) / (1 + z2 / count)
}
