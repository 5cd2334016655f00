import { ASSISTANT } from '../../protocol/events.ts'
import { mentionsAssistant } from '../address.ts'
import type { Next } from '../compose.ts'
import type { Turn } from '../turn.ts'

// Text in which nothing can be out of order.
const PLAIN = /^[\t\n\u0020-\u007E]*$/

// Controls but tab and newline; soft hyphen and zero-width marks; direction overrides and isolates.
const INVISIBLE =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]/gu

// Tag characters spell out hidden text, except behind the black flag, where they name a region.
const HIDDEN_TAGS = /(?<!\u{1F3F4}[\u{E0020}-\u{E007F}]*)[\u{E0000}-\u{E007F}]/gu

// Joiners belong inside emoji and some scripts' words; at the edge of a word they only hide things.
const LOOSE_JOINERS =
  /(?<![\p{L}\p{M}\p{Emoji}\uFE0F])[\u200C\u200D]|[\u200C\u200D](?![\p{L}\p{M}\p{Emoji}])/gu

/** Makes text and mentions trustworthy: NFC, nothing invisible, only members named. */
export async function sanitize(turn: Turn, next: Next): Promise<void> {
  const { text, removed } = cleanText(turn.text)
  turn.text = text
  turn.removed = removed
  if (text.trim() === '' && turn.attachments.length === 0) {
    turn.refusal = { code: 'bad_frame', message: 'text says something that can be seen' }
    return
  }
  turn.mentions = mentionsOf(turn)
  if (turn.mentions.includes(ASSISTANT)) turn.address = 'mention'
  else if (turn.answersAssistant) turn.address = 'reply'
  await next()
}

/** A text in NFC without invisible characters, and how many of those it held. */
export function cleanText(raw: string): { readonly text: string; readonly removed: number } {
  if (PLAIN.test(raw)) return { text: raw, removed: 0 }
  const whole = raw.toWellFormed().replaceAll(/\r\n?/g, '\n')
  const seen = whole
    .replaceAll(INVISIBLE, '')
    .replaceAll(HIDDEN_TAGS, '')
    .replaceAll(LOOSE_JOINERS, '')
  return { text: seen.normalize('NFC'), removed: whole.length - seen.length }
}

function mentionsOf(turn: Turn): readonly string[] {
  const members = turn.mentions.filter((id) => id !== ASSISTANT && turn.isMember(id))
  const named =
    turn.mentions.includes(ASSISTANT) || mentionsAssistant(turn.text, turn.settings.assistantName)
  return [...new Set(named ? [...members, ASSISTANT] : members)]
}
