import { createMessageBatch, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { consume } from '../../src/jobs/consumer.ts'
import { parseJob } from '../../src/jobs/job.ts'
import { canaryFor, leakIn } from '../support/canary.ts'
import { foundGroup } from '../support/room.ts'

const { JOBS } = env

let sent: unknown[]

// Whatever a group hands to the queue is kept instead, as it is.
beforeEach(() => {
  sent = []
  const send = async (body: unknown): Promise<void> => void sent.push(body)
  Object.assign(env, { JOBS: { send }, ARCHIVE_SEGMENT_EVENTS: '5', ARCHIVE_AFTER_MS: '1' })
})

afterEach(() => {
  Object.assign(env, { JOBS, ARCHIVE_SEGMENT_EVENTS: '', ARCHIVE_AFTER_MS: '' })
})

async function jobsOfAGroup(): Promise<readonly unknown[]> {
  const table = await foundGroup()
  const ada = await table.connect()
  for (let line = 0; line < 10; line += 1) await ada.say(`${line} ${canaryFor('said')}`)
  await runDurableObjectAlarm(table.group)
  await vi.waitUntil(() => sent.length > 0)
  return sent
}

it('puts nothing on the queue that was said, and nothing that opens a door', async () => {
  const bodies = await jobsOfAGroup()
  expect(bodies.map(parseJob)).toEqual(bodies)
  expect(leakIn(JSON.stringify(bodies))).toBeUndefined()
})

it('keeps nothing of it in a dead letter, whoever wrote the job', async () => {
  const [job] = await jobsOfAGroup()
  const bodies = [job, { ...Object(job), text: canaryFor('said') }, canaryFor('job')]
  const timestamp = new Date(0)
  const ids = bodies.map(() => crypto.randomUUID())
  const messages = bodies.map((body, at) => ({ id: ids[at] ?? '', timestamp, attempts: 6, body }))
  await consume(createMessageBatch('parley-dead', messages), env)
  const letters = await Promise.all(
    ids.map(async (id) => (await env.ARCHIVE.get(`v1/dead/1970-01-01/${id}.json`))?.text()),
  )
  expect(letters.map((letter) => JSON.parse(letter ?? '').job)).toEqual([job, job, null])
  expect(leakIn(letters.join('\n'))).toBeUndefined()
})
