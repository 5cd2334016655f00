import type { Env } from '../env.ts'
import { Archive } from '../history/archive.ts'
import { log } from '../ops/log.ts'
import { OPERATIONS_NAME } from '../ops/metrics.ts'
import type { MetricName } from '../ops/metrics.ts'
import { archiveSegment } from './archive.ts'
import { parseJob } from './job.ts'

/** The queue on which work ends that failed too often. */
const DEAD_QUEUE = 'parley-dead'

/** The wait before the first retry, in seconds; doubled each time, at most twelve hours. */
const RETRY_SECONDS = 15
const LONGEST_RETRY_SECONDS = 43_200

/** Takes a batch off a queue. Each message stands alone: one that fails delays no other. */
export async function consume(batch: MessageBatch, env: Env): Promise<void> {
  const handle = batch.queue === DEAD_QUEUE ? bury : perform
  const counted = await Promise.all(batch.messages.map(async (message) => handle(message, env)))
  const deltas: Partial<Record<MetricName, number>> = {}
  for (const name of counted) if (name) deltas[name] = (deltas[name] ?? 0) + 1
  if (Object.keys(deltas).length > 0) await env.OPERATIONS.getByName(OPERATIONS_NAME).take(deltas)
}

async function perform(message: Message, env: Env): Promise<MetricName | undefined> {
  const job = parseJob(message.body)
  try {
    if (!job) throw new Error('a job of an unknown kind')
    const group = env.GROUPS.getByName(job.group)
    const isWritten = await archiveSegment(job, group, new Archive(env.ARCHIVE))
    message.ack()
    return isWritten ? 'archived_segments' : 'jobs_done'
  } catch (fault) {
    log({ event: 'job.failed', kind: job?.kind ?? 'unknown', attempts: message.attempts }, fault)
    const wait = RETRY_SECONDS * 2 ** (message.attempts - 1)
    message.retry({ delaySeconds: Math.min(wait, LONGEST_RETRY_SECONDS) })
    return undefined
  }
}

// A dead letter is kept for people to look at. It holds ids only, whatever came in: see `parseJob`.
async function bury(message: Message, env: Env): Promise<MetricName | undefined> {
  const job = parseJob(message.body)
  const day = message.timestamp.toISOString().slice(0, 10)
  try {
    await env.ARCHIVE.put(
      `v1/dead/${day}/${message.id}.json`,
      JSON.stringify({
        at: message.timestamp.getTime(),
        attempts: message.attempts,
        job: job ?? null,
      }),
    )
    log({ event: 'job.dead', kind: job?.kind ?? 'unknown' })
    message.ack()
    return 'jobs_dead'
  } catch (fault) {
    log({ event: 'job.failed', kind: 'dead', attempts: message.attempts }, fault)
    message.retry()
    return undefined
  }
}
