import { Buffer } from 'node:buffer'

import { chunkOf, type ModelReply } from './reply.ts'

const FINISH = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
const TWO_TOKENS = 2

/** What the stand-in endpoint can do to a request, by name. Modes never end unless they say so. */
export const MODES = {
  ok: (reply: ModelReply) => reply.answerWell(),

  // The same answer in a difficult shape.
  crlf: (reply: ModelReply) => reply.answerWell({ newline: '\r\n' }),
  bytes: (reply: ModelReply) => reply.answerWell({ byteByByte: true }),
  comments: (reply: ModelReply) => reply.answerWell({ comments: true }),
  thinking: (reply: ModelReply) => reply.answerWell({ thinking: true }),
  'no-done': (reply: ModelReply) => reply.answerWell({ done: false }),
  'no-finish': (reply: ModelReply) => reply.answerWell({ finish: null }),
  'stays-open': (reply: ModelReply) => reply.answerWell({ done: false, end: false }),
  'malformed-event': (reply: ModelReply) => reply.answerWell({ malformed: 1 }),
  'malformed-events': (reply: ModelReply) => reply.answerWell({ malformed: 20 }),
  'bad-utf8': (reply: ModelReply) => reply.answerWell({ badByte: true }),
  async 'bad-utf8-inside'(reply: ModelReply) {
    reply.begin()
    const [before, after] = JSON.stringify(chunkOf('你|好')).split('|')
    reply.raw(Buffer.from(`data: ${before}`))
    reply.raw(Buffer.from([0xff]))
    reply.raw(Buffer.from(`${after}\n\n`))
    reply.done()
  },
  // A character that begins in one packet and does not go on in the next.
  async 'bad-utf8-across'(reply: ModelReply) {
    reply.begin()
    const [before, after] = JSON.stringify(chunkOf('你|好')).split('|')
    reply.raw(Buffer.concat([Buffer.from(`data: ${before}`), Buffer.from([0xe5, 0xa5])]))
    await reply.pause()
    reply.raw(Buffer.from(`${after}\n\n`))
    reply.done()
  },
  async 'no-blank-line'(reply: ModelReply) {
    await reply.answerWell({ finish: null, done: false, end: false })
    reply.raw('data: [DONE]')
    reply.end()
  },
  async 'cut-after-finish'(reply: ModelReply) {
    await reply.answerWell({ done: false, end: false })
    reply.cut()
  },
  'never-ends': (reply: ModelReply) => reply.goOn(100),
  'slow-first': (reply: ModelReply) => reply.answerWell({ afterMs: reply.options.slowMs }),
  async json(reply: ModelReply) {
    const message = { role: 'assistant', content: reply.options.answer }
    const choices = [{ index: 0, message, finish_reason: 'stop' }]
    reply.whole(200, 'application/json', JSON.stringify({ choices, usage: reply.usage }))
  },

  // An answer that is whole, but not as one would wish.
  length: (reply: ModelReply) => reply.answerWell({ finish: 'length' }),
  filter: (reply: ModelReply) => reply.answerWell({ finish: 'content_filter' }),
  'tool-calls': (reply: ModelReply) => reply.answerWell({ finish: 'tool_calls' }),
  async 'filter-all'(reply: ModelReply) {
    reply.begin()
    reply.event({ choices: [{ index: 0, delta: {}, finish_reason: 'content_filter' }] })
    reply.done()
  },
  async empty(reply: ModelReply) {
    reply.begin()
    reply.event(FINISH)
    reply.done()
  },

  // No answer, or not all of it.
  async 'role-only'(reply: ModelReply) {
    reply.begin()
    reply.role()
    reply.end()
  },
  async 'cut-clean'(reply: ModelReply) {
    await reply.some(TWO_TOKENS)
    reply.end()
  },
  async 'cut-tcp'(reply: ModelReply) {
    await reply.some(TWO_TOKENS)
    reply.cut()
  },
  async 'cut-early'(reply: ModelReply) {
    reply.cut()
  },
  async 'cut-inside-event'(reply: ModelReply) {
    await reply.some(TWO_TOKENS)
    reply.raw('data: {"choices":[{"index":0,"delta":{"content":" and th')
    reply.end()
  },
  async stall(reply: ModelReply) {
    await reply.some(TWO_TOKENS)
  },
  async 'only-comments'(reply: ModelReply) {
    reply.begin()
    reply.role()
    for (let count = 0; count < 5; count += 1) reply.raw(': still busy\n\n')
  },
  async 'only-thinking'(reply: ModelReply) {
    reply.begin()
    reply.event({ choices: [{ index: 0, delta: { reasoning_content: 'Hm.' } }] })
  },
  async hang() {},
  async 'huge-token'(reply: ModelReply) {
    reply.begin()
    reply.token('x'.repeat(1024 * 1024))
  },
  async 'endless-answer'(reply: ModelReply) {
    reply.begin()
    for (let count = 0; count < 80; count += 1) reply.token('x'.repeat(1024))
  },

  async 'endless-event'(reply: ModelReply) {
    reply.begin()
    reply.raw('data: ')
    for (let count = 0; count < 300; count += 1) reply.raw('x'.repeat(1024))
  },
  'wrong-type': async (reply: ModelReply) =>
    reply.whole(200, 'text/plain', `data: ${JSON.stringify(chunkOf('Hi'))}\n\ndata: [DONE]\n\n`),
  'malformed-json': async (reply: ModelReply) => reply.whole(200, 'application/json', '{"choi'),

  // A no.
  async 'error-in-stream'(reply: ModelReply) {
    reply.begin()
    reply.role()
    reply.event({ error: { message: 'upstream said sk-secret is overloaded', code: 502 } })
  },
  async 'error-late'(reply: ModelReply) {
    await reply.some(TWO_TOKENS)
    reply.event({ error: { message: 'upstream said sk-secret is overloaded', code: 502 } })
  },
  async 'error-unnumbered'(reply: ModelReply) {
    reply.begin()
    reply.event({ error: 'upstream said sk-secret is overloaded' })
  },
  '401': async (reply: ModelReply) => reply.refuse(401, 'invalid key sk-secret'),
  '429': async (reply: ModelReply) => reply.refuse(429, 'slow down'),
  '500': async (reply: ModelReply) => reply.refuse(500, 'internal error'),
  // A no that says what was asked, as some endpoints do.
  'echo-400': async (reply: ModelReply) => reply.refuse(400, `bad prompt: ${reply.asked}`),
  'echo-500': async (reply: ModelReply) => reply.refuse(500, `failed at: ${reply.asked}`),
  async 'echo-in-stream'(reply: ModelReply) {
    reply.begin()
    reply.event({ error: { message: `failed at: ${reply.asked}`, code: 502 } })
  },
  async 'echo-late'(reply: ModelReply) {
    await reply.some(TWO_TOKENS)
    reply.event({ error: { message: `failed at: ${reply.asked}`, code: 502 } })
  },
  'echo-html': async (reply: ModelReply) => reply.whole(502, 'text/html', `<p>${reply.asked}</p>`),
  context: async (reply: ModelReply) => reply.refuse(400, 'maximum context length is 8192 tokens'),
  'refused-filter': async (reply: ModelReply) => reply.refuse(400, 'blocked by content_filter'),
  'no-max-tokens': async (reply: ModelReply) => reply.answerWithout(['max_tokens']),
  'no-stream-options': async (reply: ModelReply) => reply.answerWithout(['stream_options']),
  'no-options': async (reply: ModelReply) => reply.answerWithout(['max_tokens', 'stream_options']),
  'never-max-tokens': async (reply: ModelReply) => reply.refuse(400, 'max_tokens is wrong'),
  'html-502': async (reply: ModelReply) => reply.whole(502, 'text/html', '<h1>Bad gateway</h1>'),
  'html-200': async (reply: ModelReply) => reply.whole(200, 'text/html', '<h1>Please sign in</h1>'),
  redirect: async (reply: ModelReply) => reply.redirect('http://127.0.0.1:9/v1/chat/completions'),
} satisfies Readonly<Record<string, (reply: ModelReply) => Promise<void>>>

export type ModelMode = keyof typeof MODES

/** Whether a name, such as that of a requested model, is one of the modes. */
export function isModelMode(name: unknown): name is ModelMode {
  return typeof name === 'string' && Object.hasOwn(MODES, name)
}
