import type { Usage } from '../../protocol/events.ts'

/** What one event of a stream says, or a whole body that was not streamed. */
export type Chunk =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'error'; readonly error: unknown }
  | {
      readonly kind: 'delta'
      readonly text: string
      /** Whether the endpoint wrote a token here, be it of its thinking or of a tool call. */
      readonly token: boolean
      readonly finish?: string
      readonly model?: string
      readonly usage?: Usage
    }

type Fields = Readonly<Record<string, unknown>>

/** Makes the data of one event trustworthy. Fields that are missing or odd count as not there. */
export function parseChunk(data: string): Chunk {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return { kind: 'malformed' }
  }
  const body = fieldsOf(value)
  if (!body) return { kind: 'malformed' }
  if (body['error'] !== undefined && body['error'] !== null) {
    return { kind: 'error', error: body['error'] }
  }
  const choice = Array.isArray(body['choices']) ? fieldsOf(body['choices'][0]) : undefined
  // A body that was not streamed has `message` where a chunk has `delta`.
  const delta = fieldsOf(choice?.['delta']) ?? fieldsOf(choice?.['message'])
  const text = stringOf(delta, 'content') ?? ''
  const thought = stringOf(delta, 'reasoning_content') ?? stringOf(delta, 'reasoning') ?? ''
  const finish = stringOf(choice, 'finish_reason')
  const model = stringOf(body, 'model')
  const usage = usageOf(fieldsOf(body['usage']))
  return {
    kind: 'delta',
    text,
    token: text !== '' || thought !== '' || Array.isArray(delta?.['tool_calls']),
    ...(finish && { finish }),
    ...(model && { model }),
    ...(usage && { usage }),
  }
}

function usageOf(usage: Fields | undefined): Usage | undefined {
  const inputTokens = countOf(usage, 'prompt_tokens')
  const outputTokens = countOf(usage, 'completion_tokens')
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  return { inputTokens, outputTokens }
}

function fieldsOf(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function stringOf(fields: Fields | undefined, name: string): string | undefined {
  const value = fields?.[name]
  return typeof value === 'string' ? value : undefined
}

function countOf(fields: Fields | undefined, name: string): number | undefined {
  const value = fields?.[name]
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined
}
