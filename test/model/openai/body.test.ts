import { expect, it } from 'vitest'

import { Answer } from '../../../src/model/openai/answer.ts'
import { readEvents } from '../../../src/model/openai/body.ts'
import { chunkOf } from '../stand-in/reply.ts'

const TEXT = '圆桌 🚀 hello'
const BYTES = new TextEncoder().encode(
  `: alive\r\n\r\ndata: ${JSON.stringify(chunkOf(TEXT))}\r\n\r\ndata: [DONE]\r\n\r\n`,
)

async function textOf(chunks: readonly Uint8Array[]): Promise<string> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  let text = ''
  const answer = new Answer({
    onText: (piece) => (text += piece),
    onToken() {},
    onFinish() {},
  })
  await readEvents(new Response(body).body, answer)
  return text
}

it('reads the same from a stream that is cut at any byte', async () => {
  for (let at = 0; at <= BYTES.length; at += 1) {
    expect(await textOf([BYTES.slice(0, at), BYTES.slice(at)])).toBe(TEXT)
  }
})

it('reads the same from a stream of single bytes', async () => {
  expect(await textOf(Array.from(BYTES, (byte) => Uint8Array.of(byte)))).toBe(TEXT)
})
