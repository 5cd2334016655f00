import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { GroupEvent } from '../../src/protocol/events.ts'
import { meet } from '../support/meeting.ts'
import type { Member } from '../support/member.ts'
import { askFor, startModelEndpoint } from '../support/model-endpoint.ts'
import type { ModelEndpoint, ModelMode } from '../support/model-endpoint.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'

type ReplyEnd = Extract<GroupEvent, { readonly kind: 'reply.ended' }>['body']

const STOPS = 21

/** Model calls of one group that run at once. */
const CALLS_AT_ONCE = 4

let endpoint: ModelEndpoint
let server: Server

beforeAll(async () => {
  endpoint = await startModelEndpoint()
  server = await startServer({
    vars: {
      MODEL_BASE_URL: endpoint.url,
      MODEL_NAME: 'stand-in',
      MODEL_FIRST_TOKEN_MS: '30000',
      MODEL_IDLE_MS: '30000',
      LIMIT_MEMBER_BURST: '1000',
      LIMIT_REPLIES_PER_MINUTE: '1000',
    },
  })
})

afterAll(async () => {
  await server.stop()
  await endpoint.close()
})

describe('[P14] a stop', () => {
  it.each<readonly [when: string, mode: ModelMode]>([
    ['in the middle of an answer', 'stall'],
    ['before its first token', 'hang'],
  ])('%s reaches the endpoint within 50 ms', async (_, mode) => {
    const { ada } = await meet(server.url)
    const took: number[] = []
    while (took.length < STOPS) took.push(await timeOfStop(ada, mode))
    const median = took.toSorted((a, b) => a - b)[Math.floor(STOPS / 2)]
    expect(median).toBeLessThanOrEqual(50)
  })

  it('reaches a reply that waits for its place: the endpoint never hears of it', async () => {
    const { ada, ben } = await meet(server.url)
    const before = endpoint.requests.length
    const replies: number[] = []
    for (let at = 0; at < CALLS_AT_ONCE; at += 1) {
      const arrived = endpoint.nextRequest()
      replies.push(await ask(ada, 'stall'))
      await arrived
    }
    const waiting = [await ask(ada, 'ok'), await ask(ada, 'ok')]
    const ends = new Map<number, ReplyEnd>()
    for (const reply of [...waiting, ...replies]) {
      ada.send({ type: 'stop', id: `stop-${reply}`, reply })
      const { body } = await ben.nextEvent('reply.ended')
      ends.set(body.reply, body)
    }
    expect([...ends.keys()]).toEqual([...waiting, ...replies])
    for (const { status } of ends.values()) expect(status).toBe('stopped')
    expect(waiting.map((reply) => ends.get(reply)?.text)).toEqual(['', ''])
    expect(endpoint.requests).toHaveLength(before + CALLS_AT_ONCE)
    // Every place is free again.
    await ask(ada, 'ok')
    expect(await ben.nextEvent('reply.ended')).toMatchObject({ body: { status: 'complete' } })
  })
})

/** Asks, and answers with the reply that was begun. */
async function ask(ada: Member, mode: ModelMode): Promise<number> {
  await ada.say(askFor(mode))
  return (await ada.nextEvent('reply.started')).seq
}

/** Milliseconds from the frame that says stop to the end of the request, as the endpoint sees it. */
async function timeOfStop(ada: Member, mode: ModelMode): Promise<number> {
  const arrived = endpoint.nextRequest()
  const reply = await ask(ada, mode)
  const request = await arrived
  if (mode === 'stall') await ada.next((frame) => frame.type === 'delta' && frame.reply === reply)
  const sentAt = performance.now()
  ada.send({ type: 'stop', id: `stop-${reply}`, reply })
  await request.closed
  const took = performance.now() - sentAt
  const { body } = await ada.nextEvent('reply.ended')
  expect({ aborted: request.aborted, ...body }).toMatchObject({
    reply,
    status: 'stopped',
    aborted: true,
  })
  return took
}
