import { describe, expect, it } from 'vitest'

import { Fanout, toBatches } from '../../src/group/fanout.ts'
import { SERVER_FRAME_BYTES } from '../../src/protocol/limits.ts'

/** Connections that write down what they are sent, and a timer that is rung by hand. */
function audience(count: number) {
  const heard = Array.from({ length: count }, (): string[] => [])
  const timers: (() => void)[] = []
  const connections = {
    count,
    all: () => heard.map((frames) => ({ send: (frame: string) => void frames.push(frame) })),
  }
  const fanout = new Fanout(connections, (run) => void timers.push(run))
  return { heard, fanout, ring: () => timers.shift()?.(), timers }
}

describe('fan-out', () => {
  it('sends a frame of a calm group at once, as it is', () => {
    const { heard, fanout, ring, timers } = audience(2)
    fanout.publish('{"a":1}')
    expect(heard).toEqual([['{"a":1}'], ['{"a":1}']])
    ring()
    expect(timers).toEqual([])
    fanout.publish('{"b":2}')
    expect(heard[0]).toEqual(['{"a":1}', '{"b":2}'])
  })

  it('sends the rest of a burst as one batch for each connection, in order', () => {
    const { heard, fanout, ring } = audience(2)
    for (const at of [1, 2, 3, 4]) fanout.publish(`{"at":${at}}`)
    expect(heard[0]).toEqual(['{"at":1}'])
    ring()
    const batch = '{"type":"batch","frames":[{"at":2},{"at":3},{"at":4}]}'
    expect(heard).toEqual([
      ['{"at":1}', batch],
      ['{"at":1}', batch],
    ])
  })

  it('goes on collecting while the burst lasts, and leaves no timer after it', () => {
    const { heard, fanout, ring, timers } = audience(1)
    fanout.publish('1')
    fanout.publish('2')
    ring()
    fanout.publish('3')
    expect(heard[0]).toEqual(['1', '2'])
    ring()
    expect(heard[0]).toEqual(['1', '2', '3'])
    ring()
    expect(timers).toEqual([])
  })

  it('arms nothing for a room without connections', () => {
    const { fanout, timers } = audience(0)
    fanout.publish('1')
    expect(timers).toEqual([])
  })

  it('keeps a batch within the size of a server frame', () => {
    const frame = JSON.stringify({ text: '字'.repeat(10_000) })
    const batches = toBatches(Array.from({ length: 30 }, () => frame))
    expect(batches.length).toBeGreaterThan(1)
    for (const batch of batches) {
      expect(new TextEncoder().encode(batch).byteLength).toBeLessThanOrEqual(SERVER_FRAME_BYTES)
    }
    const frames = batches.flatMap((batch): unknown[] => JSON.parse(batch).frames)
    expect(frames).toHaveLength(30)
  })
})
