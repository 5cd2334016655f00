import { createParser } from 'eventsource-parser'

import { ModelSilentError } from '../errors.ts'
import type { Answer } from './answer.ts'

// The longest event: a token is some bytes, a list of tool calls some thousand.
const EVENT_CHARS = 256 * 1024

type Body = Response['body']

/** Reads a stream of server-sent events into an answer, as far as it goes. */
export async function readEvents(body: Body, answer: Answer): Promise<void> {
  const parser = createParser({
    maxBufferSize: EVENT_CHARS,
    onEvent: ({ data }) => answer.take(data),
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw new ModelSilentError('protocol')
    },
  })
  for await (const text of decoded(body)) {
    parser.feed(text)
    if (answer.isDone) return
  }
  // Some endpoints leave out the blank line behind the last event.
  parser.feed('\n\n')
}

/** Waits for something that the network may break; how it breaks is one fault for all. */
export async function overNetwork<T>(wire: Promise<T>): Promise<T> {
  try {
    return await wire
  } catch (cause) {
    throw new ModelSilentError('network', { cause })
  }
}

/** Reads a body as text up to a length; the rest is left unread. */
export async function readText(body: Body, chars: number): Promise<string> {
  let text = ''
  for await (const piece of decoded(body)) {
    text += piece
    if (text.length >= chars) break
  }
  return text.slice(0, chars)
}

// One decoder per body: a character may be cut anywhere, and a bad byte must harm only itself.
async function* decoded(body: Body): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const reader = body?.getReader()
  for (;;) {
    const chunk = reader && (await overNetwork(reader.read()))
    if (!chunk || chunk.done) break
    const text = decoder.decode(chunk.value, { stream: true })
    if (text !== '') yield text
  }
  const rest = decoder.decode()
  if (rest !== '') yield rest
}
