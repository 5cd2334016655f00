import type { Refusal, RefusalCode } from './codes.ts'
import type { ClientFrame, FetchFrame, SayFrame } from './frames.ts'
import { PAGE_EVENTS } from './limits.ts'
import type { Limits } from './limits.ts'

/** A frame that can be trusted, or the refusal that its author gets, with the id to echo. */
export type Parsed =
  | { readonly ok: true; readonly frame: ClientFrame }
  | { readonly ok: false; readonly id: string | null; readonly refusal: Refusal }

type FieldLimits = Pick<
  Limits,
  'frameBytes' | 'textChars' | 'jsonDepth' | 'mentions' | 'attachments'
>

type Fields = Readonly<Record<string, unknown>>
type Field<T> = T | Refusal

const REQUEST_ID = /^[\w-]{1,64}$/
const MEMBER_ID = /^(?:assistant|m_[\w-]{1,64})$/
const UPLOAD_ID = /^u_[\w-]{1,64}$/

// One emoji as people see it; the second form takes those that arrive without their variation selector.
const EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic})$/v

/** Makes a text frame from a client trustworthy. Fields that the protocol does not name are dropped. */
export function parseClientFrame(raw: string, limits: FieldLimits): Parsed {
  if (isLongerThan(raw, limits.frameBytes)) {
    return no(null, 'too_big', `a frame holds at most ${limits.frameBytes} bytes`)
  }
  if (depthOf(raw) > limits.jsonDepth) {
    return no(null, 'bad_frame', `a frame nests at most ${limits.jsonDepth} deep`)
  }
  let value: unknown
  try {
    value = JSON.parse(raw)
  } catch {
    return no(null, 'bad_json', 'a frame is one JSON object')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return no(null, 'bad_frame', 'a frame is one JSON object')
  }
  const fields: Fields = { ...value }
  const id = typeof fields['id'] === 'string' && REQUEST_ID.test(fields['id']) ? fields['id'] : null
  const frame = parseFields(fields, id, limits)
  return isRefusal(frame) ? { ok: false, id, refusal: frame } : { ok: true, frame }
}

function parseFields(fields: Fields, id: string | null, limits: FieldLimits): Field<ClientFrame> {
  const type = fields['type']
  switch (type) {
    case 'read':
      return withFields({ seq: seqOf(fields, 'seq') }, ({ seq }) => ({ type, seq }))
    case 'typing':
      return withFields({ on: booleanOf(fields, 'on') }, ({ on }) => ({ type, on }))
    case 'synced':
      return withFields({ n: seqOf(fields, 'n') }, ({ n }) => ({ type, n }))
    case 'say':
    case 'edit':
    case 'recall':
    case 'react':
    case 'stop':
    case 'again':
    case 'fetch':
      if (id === null) return refuse('bad_id', 'id is 1 to 64 of A–Z a–z 0–9 _ -')
      return parseRequest(type, id, fields, limits)
    default:
      return typeof type === 'string'
        ? refuse('unknown_type', 'this server knows no frame of that type')
        : refuse('bad_frame', 'type is a string')
  }
}

function parseRequest(
  type: 'say' | 'edit' | 'recall' | 'react' | 'stop' | 'again' | 'fetch',
  id: string,
  fields: Fields,
  limits: FieldLimits,
): Field<ClientFrame> {
  switch (type) {
    case 'say':
      return parseSay(id, fields, limits)
    case 'edit':
      return withFields(
        { target: seqOf(fields, 'target'), text: textOf(fields, limits) },
        ({ target, text }) => ({ type, id, target, text }),
      )
    case 'recall':
      return withFields({ target: seqOf(fields, 'target') }, ({ target }) => ({ type, id, target }))
    case 'react':
      return withFields(
        { target: seqOf(fields, 'target'), emoji: emojiOf(fields), on: booleanOf(fields, 'on') },
        ({ target, emoji, on }) => ({ type, id, target, emoji, on }),
      )
    case 'stop':
    case 'again':
      return withFields({ reply: seqOf(fields, 'reply') }, ({ reply }) => ({ type, id, reply }))
    case 'fetch':
      return parseFetch(id, fields)
  }
}

function parseSay(id: string, fields: Fields, limits: FieldLimits): Field<SayFrame> {
  const attachments = idsOf(fields, 'attachments', UPLOAD_ID, limits.attachments)
  const withAttachments = Array.isArray(attachments) && attachments.length > 0
  return withFields(
    {
      text: withAttachments && fields['text'] === '' ? '' : textOf(fields, limits),
      mentions: idsOf(fields, 'mentions', MEMBER_ID, limits.mentions),
      replyTo: optional(fields, 'replyTo', seqOf),
      attachments,
    },
    ({ text, mentions, replyTo, attachments }) => ({
      type: 'say',
      id,
      text,
      ...(mentions && { mentions }),
      ...(replyTo !== undefined && { replyTo }),
      ...(attachments && { attachments }),
    }),
  )
}

function parseFetch(id: string, fields: Fields): Field<FetchFrame> {
  if (fields['after'] !== undefined && fields['before'] !== undefined) {
    return refuse('bad_frame', 'a fetch goes after or before, not both')
  }
  return withFields(
    {
      after: optional(fields, 'after', positionOf),
      before: optional(fields, 'before', positionOf),
      limit: optional(fields, 'limit', seqOf),
    },
    ({ after, before, limit }) => ({
      type: 'fetch',
      id,
      ...(after !== undefined && { after }),
      ...(before !== undefined && { before }),
      limit: Math.min(limit ?? PAGE_EVENTS, PAGE_EVENTS),
    }),
  )
}

// The first field that is a refusal refuses the frame.
function withFields<T extends Fields, R>(
  fields: T,
  build: (fields: { [K in keyof T]: Exclude<T[K], Refusal> }) => R,
): R | Refusal {
  for (const value of Object.values(fields)) if (isRefusal(value)) return value
  return build(fields as { [K in keyof T]: Exclude<T[K], Refusal> })
}

function optional<T>(
  fields: Fields,
  name: string,
  parse: (fields: Fields, name: string) => Field<T>,
): Field<T> | undefined {
  return fields[name] === undefined ? undefined : parse(fields, name)
}

function seqOf(fields: Fields, name: string): Field<number> {
  const value = fields[name]
  return Number.isSafeInteger(value) && Number(value) > 0
    ? Number(value)
    : refuse('bad_frame', `${name} is a whole number from 1`)
}

function positionOf(fields: Fields, name: string): Field<number> {
  return fields[name] === 0 ? 0 : seqOf(fields, name)
}

function booleanOf(fields: Fields, name: string): Field<boolean> {
  const value = fields[name]
  return typeof value === 'boolean' ? value : refuse('bad_frame', `${name} is true or false`)
}

function textOf(fields: Fields, limits: FieldLimits): Field<string> {
  const text = fields['text']
  if (typeof text !== 'string') return refuse('bad_frame', 'text is a string')
  if (text.trim() === '') return refuse('bad_frame', 'text says something')
  if (countCharacters(text) > limits.textChars) {
    return refuse('too_big', `text holds at most ${limits.textChars} characters`)
  }
  return text
}

function emojiOf(fields: Fields): Field<string> {
  const emoji = fields['emoji']
  return typeof emoji === 'string' && emoji.length <= 64 && EMOJI.test(emoji)
    ? emoji
    : refuse('bad_frame', 'emoji is one emoji')
}

function idsOf(
  fields: Fields,
  name: string,
  pattern: RegExp,
  most: number,
): Field<readonly string[]> | undefined {
  const value = fields[name]
  if (value === undefined) return undefined
  if (!Array.isArray(value)) return refuse('bad_frame', `${name} is a list of ids`)
  if (value.length > most) return refuse('too_big', `${name} holds at most ${most} ids`)
  const ids = value.filter((id): id is string => typeof id === 'string' && pattern.test(id))
  return ids.length === value.length ? ids : refuse('bad_frame', `${name} is a list of ids`)
}

/** The length of a text as people count: Unicode code points. */
export function countCharacters(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    const next = unit >= 0xd800 && unit < 0xdc00 ? text.charCodeAt(at + 1) : 0
    if (next >= 0xdc00 && next < 0xe000) at += 1
    count += 1
  }
  return count
}

// Encoding is paid for only where the length in UTF-16 units leaves the answer open.
function isLongerThan(raw: string, bytes: number): boolean {
  if (raw.length > bytes) return true
  if (raw.length * 3 <= bytes) return false
  return new TextEncoder().encode(raw).byteLength > bytes
}

// JSON.parse takes a million nested arrays in its stride; whatever touches them next does not.
function depthOf(raw: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let at = 0; at < raw.length; at += 1) {
    const unit = raw.charCodeAt(at)
    if (quoted) {
      if (unit === 0x5c) at += 1
      else if (unit === 0x22) quoted = false
    } else if (unit === 0x22) quoted = true
    else if (unit === 0x7b || unit === 0x5b) deepest = Math.max(deepest, (depth += 1))
    else if (unit === 0x7d || unit === 0x5d) depth -= 1
  }
  return deepest
}

function refuse(code: RefusalCode, message: string): Refusal {
  return { code, message }
}

function no(id: string | null, code: RefusalCode, message: string): Parsed {
  return { ok: false, id, refusal: refuse(code, message) }
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value
}
