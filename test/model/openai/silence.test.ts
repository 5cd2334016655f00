import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'

import { startModelEndpoint, type ModelEndpoint } from '../../support/model-endpoint.ts'
import { listen } from '../conversation.ts'
import { ManualTimers } from '../manual-timers.ts'
import { ASK, faultOf, LIMITS, modelAt, turn } from '../stand-in/calls.ts'
import type { ModelMode } from '../stand-in/modes.ts'

let endpoint: ModelEndpoint
let timers: ManualTimers

beforeAll(async () => {
  endpoint = await startModelEndpoint()
})
beforeEach(() => {
  timers = new ManualTimers()
})
afterAll(() => endpoint.close())

// A call that has reached the endpoint, with what becomes of it there and here.
async function callIn(mode: ModelMode, limits = LIMITS) {
  const stream = listen()
  const arrived = endpoint.nextRequest()
  const fault = faultOf(modelAt(endpoint.url, mode, timers, { limits }).complete(ASK, stream))
  const request = await arrived
  return { stream, fault, request }
}

describe('a limit', () => {
  it('ends a call that is answered by nothing at all, not a moment early', async () => {
    const { fault, request } = await callIn('hang')
    timers.advance(7_999)
    expect(timers.waiting).toBe(2)
    timers.advance(1)
    expect(await fault).toMatchObject({ kind: 'first_token' })
    await request.closed
    expect(request.aborted).toBe(true)
    expect(timers.waiting).toBe(0)
  })

  it('does not take a comment for a token', async () => {
    const { fault } = await callIn('only-comments')
    timers.advance(8_000)
    expect(await fault).toMatchObject({ kind: 'first_token' })
  })

  it('takes thinking for a token that is not shown', async () => {
    const { fault, stream } = await callIn('only-thinking')
    while (timers.started < 3) await turn()
    timers.advance(8_000)
    timers.advance(7_000)
    expect(await fault).toMatchObject({ kind: 'idle' })
    expect(stream.text).toBe('')
  })

  it('ends an answer that stops moving, and the endpoint sees it', async () => {
    const { fault, request, stream } = await callIn('stall')
    while (stream.pieces.length < 2) await stream.nextPiece()
    timers.advance(15_000)
    expect(await fault).toMatchObject({ kind: 'idle' })
    await request.closed
    expect(request.aborted).toBe(true)
    expect(timers.waiting).toBe(0)
  })

  it('ends an answer that is not over in time, however lively', async () => {
    const { fault, stream } = await callIn('stall', { ...LIMITS, idleMs: 2 * LIMITS.totalMs })
    while (stream.pieces.length < 2) await stream.nextPiece()
    timers.advance(LIMITS.totalMs)
    expect(await fault).toMatchObject({ kind: 'total' })
    expect(timers.waiting).toBe(0)
  })
})

describe('a stop', () => {
  test.each(['hang', 'stall', 'only-comments'] as const)(
    '[P14] reaches the endpoint in mode %s and rejects with its reason',
    async (mode) => {
      const { stream, fault, request } = await callIn(mode)
      const reason = new Error('Ada pressed Stop')
      stream.stop(reason)
      expect(await fault).toBe(reason)
      await request.closed
      expect(request.aborted).toBe(true)
      expect(timers.waiting).toBe(0)
    },
  )

  it('ends a lively answer between two tokens', async () => {
    endpoint.tokenDelayMs = 2
    const { stream, fault, request } = await callIn('ok')
    while (stream.pieces.length < 2) await stream.nextPiece()
    stream.stop('enough')
    expect(await fault).toBe('enough')
    await request.closed
    endpoint.tokenDelayMs = 0
    expect(request.aborted).toBe(true)
    expect(stream.text.length).toBeLessThan(endpoint.answer.length)
  })

  it('before the call keeps it from being made', async () => {
    const stream = listen()
    stream.stop('no need')
    const before = endpoint.requests.length
    const call = modelAt(endpoint.url, 'ok', timers).complete(ASK, stream)
    expect(await faultOf(call)).toBe('no need')
    expect(endpoint.requests).toHaveLength(before)
  })

  it('during a piece is the end, however many pieces came with it', async () => {
    const stream = listen()
    const onText = (text: string) => {
      stream.onText(text)
      stream.stop('enough')
    }
    const call = modelAt(endpoint.url, 'ok', timers).complete(ASK, {
      signal: stream.signal,
      onText,
    })
    expect(await faultOf(call)).toBe('enough')
    expect(stream.pieces).toHaveLength(1)
  })
})
