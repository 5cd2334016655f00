import { ASSISTANT } from '../protocol/events.ts'

/** Names by which the assistant can be mentioned in every group, without the `@`. */
const COMMON_NAMES = [ASSISTANT, '助手']

/**
 * Whether a text turns to the assistant ([P13]): `@assistant`, `@助手` or `@` and its name in this
 * group anywhere, or that name alone as an address at either end. Code and quoted lines do not count.
 */
export function mentionsAssistant(text: string, assistantName: string): boolean {
  // Most messages name nobody; they need no closer look.
  if (!/[@＠]/.test(text) && !text.toLowerCase().includes(assistantName.toLowerCase())) return false
  const spoken = withoutCodeAndQuotes(text)
  const names = [...COMMON_NAMES, assistantName].map(escapeForPattern)
  // A Latin letter or digit on either side would make it part of an address or of a longer name.
  const at = new RegExp(`(?<![A-Za-z0-9_.])[@＠](?:${names.join('|')})(?![A-Za-z0-9_-])`, 'iu')
  if (at.test(spoken)) return true
  const name = escapeForPattern(assistantName)
  const called = new RegExp(
    `^\\s*${name}\\s*[,，:：、!！?？]|[,，、]\\s*${name}\\s*[!！?？.。]*\\s*$`,
    'iu',
  )
  return called.test(spoken)
}

/** A text without its code (fenced or inline) and without quoted lines. */
export function withoutCodeAndQuotes(text: string): string {
  return text
    .replaceAll(/```[\s\S]*?(?:```|$)/g, ' ')
    .replaceAll(/`[^`\n]*`/g, ' ')
    .replaceAll(/^\s*>.*$/gm, ' ')
}

function escapeForPattern(name: string): string {
  return name.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, String.raw`\$&`)
}
