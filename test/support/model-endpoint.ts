import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'

import { isModelMode, MODES, type ModelMode } from '../model/stand-in/modes.ts'
import { ModelReply, type AnswerOptions } from '../model/stand-in/reply.ts'

export type { ModelMode } from '../model/stand-in/modes.ts'

/** A request as it arrived, and what became of it. */
export interface ModelRequest {
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly mode: ModelMode
  /** Tokens of visible text written so far. */
  readonly tokensSent: number
  /** Whether the client went away before the reply ended. */
  readonly aborted: boolean
  /** Settles when the reply ended, or the client went away. */
  readonly closed: Promise<void>
}

/**
 * An OpenAI-compatible endpoint for tests that can fail in many ways. Each request is answered in the
 * mode that its question names (see `askFor`), else in the one that its model is named after, `ok` for
 * other names; `mode` overrides that for all.
 */
export interface ModelEndpoint extends AnswerOptions {
  /** For MODEL_BASE_URL: up to and including `/v1`. */
  readonly url: string
  readonly port: number
  mode: ModelMode | undefined
  readonly requests: readonly ModelRequest[]
  /** The request, in a mode, after those that were already there at the call. */
  nextRequest(mode?: ModelMode): Promise<ModelRequest>
  close(): Promise<void>
}

/** A question that the endpoint answers in one mode, whatever its model is named. */
export function askFor(mode: ModelMode): string {
  return `@assistant answer in mode ${mode} please`
}

/** Starts the endpoint on 127.0.0.1; without a port, on a free one. */
export async function startModelEndpoint(
  options: { readonly port?: number; readonly mode?: ModelMode } = {},
): Promise<ModelEndpoint> {
  const requests: ModelRequest[] = []
  const waiting = new Set<(request: ModelRequest) => void>()
  const server = createServer((incoming, response) => {
    void serve(incoming, response)
  })

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = parseBody(await textOf(incoming))
    if (incoming.method !== 'POST' || incoming.url !== '/v1/chat/completions') {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{}}')
      return
    }
    const named = body['model']
    const asked = /\bin mode ([\w-]+)/.exec(lastLineOf(body))?.[1]
    const mode = endpoint.mode ?? [asked, named].find(isModelMode) ?? 'ok'
    const reply = new ModelReply(response, body, endpoint)
    const request = watch({ body, headers: incoming.headers, mode, reply, response })
    requests.push(request)
    for (const look of waiting) look(request)
    await MODES[mode](reply)
  }

  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const endpoint: ModelEndpoint = {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    mode: options.mode,
    answer: 'The stand-in model says hello, 你好。',
    tokenDelayMs: 0,
    slowMs: 30_000,
    requests,
    nextRequest: (mode) =>
      new Promise((resolve) => {
        const look = (request: ModelRequest): void => {
          if (mode !== undefined && request.mode !== mode) return
          waiting.delete(look)
          resolve(request)
        }
        waiting.add(look)
      }),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
  return endpoint
}

function watch(parts: {
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: IncomingMessage['headers']
  readonly mode: ModelMode
  readonly reply: ModelReply
  readonly response: ServerResponse
}): ModelRequest {
  const { body, headers, mode, reply, response } = parts
  const closed = new Promise<void>((resolve) => {
    response.once('close', resolve)
  })
  return {
    body,
    headers,
    mode,
    closed,
    get tokensSent() {
      return reply.tokensSent
    },
    get aborted() {
      return response.destroyed && !response.writableEnded
    },
  }
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

// The question comes last; other lines may be in it, from one to the next.
function lastLineOf(body: Readonly<Record<string, unknown>>): string {
  const messages: unknown = body['messages']
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined
  const content = last instanceof Object && 'content' in last ? String(last.content) : ''
  return content.split('\n').at(-1) ?? ''
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, mode: { type: 'string' }, delay: { type: 'string' } },
  })
  if (values.mode !== undefined && !isModelMode(values.mode)) {
    throw new Error(`--mode is one of ${Object.keys(MODES).join(', ')}`)
  }
  const endpoint = await startModelEndpoint({
    ...(values.port !== undefined && { port: Number(values.port) }),
    ...(values.mode !== undefined && { mode: values.mode }),
  })
  endpoint.tokenDelayMs = Number(values.delay ?? 0)
  console.log(endpoint.url)
}
