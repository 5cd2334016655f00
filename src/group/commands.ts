import type { Language } from '../model/ask.ts'
import { phrases } from './phrases.ts'
import type { Quotas } from './quotas.ts'
import { toEvent } from './stored-event.ts'
import type { Timeline } from './timeline.ts'
import type { MessageTrace, ReplyTrace } from './trace.ts'

/** A command that a member gave ([P24]), or the word that is none. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'why'; readonly seq: number | undefined }
  | { readonly name: 'quota' }
  | { readonly name: 'unknown' }

/** What only the caller of a command sees. */
interface Answer {
  readonly text: string
  readonly about?: number
}

const HELP = new Set(['help', '帮助'])
const QUOTA = new Set(['quota', '额度'])
const WHY = new Set(['why', '为什么'])

/** Reads a text as a command; undefined if it is none. `//` is the way to say a leading slash. */
export function parseCommand(text: string, replyTo?: number): Command | undefined {
  if (!text.startsWith('/') || text.startsWith('//')) return undefined
  const [word = '', argument = ''] = text.slice(1).trim().split(/\s+/, 2)
  if (HELP.has(word.toLowerCase())) return { name: 'help' }
  if (QUOTA.has(word.toLowerCase())) return { name: 'quota' }
  if (!WHY.has(word.toLowerCase())) return { name: 'unknown' }
  const seq = /^#?(\d{1,15})$/.exec(argument)?.[1]
  return { name: 'why', seq: seq === undefined ? replyTo : Number(seq) }
}

/** What a command's caller is told. */
export function answerTo(
  command: Exclude<Command, { readonly name: 'unknown' }>,
  { timeline, quotas }: { readonly timeline: Timeline; readonly quotas: Quotas },
  caller: string,
  language: Language,
): Answer {
  switch (command.name) {
    case 'help':
      return { text: phrases(language).help }
    case 'why':
      return explain(timeline, command.seq, language)
    case 'quota':
      return { text: phrases(language).quota(quotas.standing(caller, Date.now())) }
  }
}

/** Explains what happened to a message or a reply, from what was recorded with it. */
function explain(timeline: Timeline, seq: number | undefined, language: Language): Answer {
  const say = phrases(language)
  const at = seq ?? newestSpoken(timeline)
  const stored = at === undefined ? undefined : timeline.at(at)
  if (!stored) return { text: say.whyNothing }
  const event = toEvent(stored)
  const trace = timeline.trace(stored.seq)
  switch (event.kind) {
    case 'message':
    case 'edited':
      return { text: explainMessage(trace, language), about: event.seq }
    case 'reply.started':
      return explainReply(timeline, event.seq, event.body.trigger, trace, language)
    case 'reply.ended':
      return explain(timeline, event.body.reply, language)
    default:
      return { text: say.whyNothing }
  }
}

function explainMessage(encoded: string | undefined, language: Language): string {
  const say = phrases(language)
  if (encoded === undefined) return say.whyNothing
  const trace: MessageTrace = JSON.parse(encoded)
  const findings = [
    trace.removed > 0 && say.removed(trace.removed),
    trace.masked > 0 && say.masked(trace.masked),
  ].filter((finding) => finding !== false)
  return [
    ...(findings.length > 0 ? findings : [say.clean]),
    trace.quiet ? say.whyQuiet[trace.quiet] : say.spoke,
  ].join('\n')
}

function explainReply(
  timeline: Timeline,
  reply: number,
  trigger: number,
  encoded: string | undefined,
  language: Language,
): Answer {
  const say = phrases(language)
  const trace: ReplyTrace | undefined = encoded === undefined ? undefined : JSON.parse(encoded)
  const stored = timeline.endOf(reply)
  const end = stored && toEvent(stored)
  const lines = [
    say.answers(reply, trigger),
    ...(trace
      ? [say.whySpoke[trace.why], say.intent(trace.intent), say.verdict[trace.verdict]]
      : []),
    ...(end?.kind === 'reply.ended'
      ? [say.source[end.body.source], say.ended[end.body.status]]
      : [say.writing]),
  ]
  return { text: lines.join('\n'), about: reply }
}

function newestSpoken(timeline: Timeline): number | undefined {
  for (const { seq, kind } of timeline.before(Number.MAX_SAFE_INTEGER, 500)) {
    if (kind === 'message' || kind === 'reply.started') return seq
  }
  return undefined
}
