import { describe, expect, it } from 'vitest'

import { markedText, Scanner } from '../stress/scanner.ts'

// A frame's length may look like a mark: 0x7e announces a longer one.
const HEADER = Buffer.from([0x81, 0x7e, 0x01, 0x7e])
const STREAM = Buffer.concat([
  HEADER,
  Buffer.from(`{"type":"event","seq":1,"body":{"text":"${markedText(1, 64)}"}}`),
  HEADER,
  Buffer.from('{"type":"sync","n":17}'),
  HEADER,
  Buffer.from(`{"type":"batch","frames":[{"text":"${markedText(2, 10)}"},`),
  Buffer.from(`{"text":"${markedText(3, 600)}"},{"type":"ack","id":"s-3","seq":3}]}`),
])

function scan(chunks: readonly Buffer[]): readonly [numbers: readonly number[], syncs: string] {
  const numbers: number[] = []
  let syncs = ''
  const scanner = new Scanner((number) => numbers.push(number), { sync: (text) => (syncs += text) })
  for (const chunk of chunks) scanner.take(chunk)
  return [numbers, syncs]
}

describe('the scanner of the stress run', () => {
  const expected = [[1, 2, 3], '"type":"sync","n":17}']

  it('finds every message and every sync once', () => {
    expect(scan([STREAM])).toEqual(expected)
  })

  it('finds them wherever the stream is cut', () => {
    for (let at = 1; at < STREAM.length; at += 1) {
      expect(scan([STREAM.subarray(0, at), STREAM.subarray(at)]), `cut at ${at}`).toEqual(expected)
    }
  })

  it('finds them byte by byte', () => {
    expect(scan([...STREAM].map((byte) => Buffer.from([byte])))).toEqual(expected)
  })
})
