import type { Intent } from '../../model/ask.ts'
import { withoutCodeAndQuotes } from '../address.ts'
import type { Turn } from '../turn.ts'

// Each rule speaks only where it is sure; everything else is a question like any other.
const RULES: readonly (readonly [Intent, RegExp])[] = [
  [
    'help',
    /^(?:help|what can you do|how do(?:es)? (?:you|this) work|帮助|你(?:能|会|可以)(?:做|干)?(?:什么|啥|些什么)|怎么用)$/iu,
  ],
  [
    'greet',
    /^(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks?(?: you)?|你好|您好|大家好|嗨|哈喽|早上好|早安|早|晚上好|晚安|谢谢你?|多谢)(?:[ ,，]*(?:there|all|everyone|呀|啊|哦))?$/iu,
  ],
  [
    'summarize',
    /\b(?:summari[sz]e|summary|recap|catch (?:me|us) up|what did (?:i|we) miss|tl;?dr)\b|总结|小结|概括|摘要|归纳|帮我补课|我错过了什么|聊了(?:些)?(?:什么|啥)/iu,
  ],
  [
    'search',
    /^(?:please |can you |could you )?(?:search|find|look ?up|look for)\b|\b(?:who|when|where) (?:said|mentioned|talked about)\b|\bwhat did \S+ say\b|^(?:请|帮我|帮忙)?(?:搜索?|查找?|找)(?:一下|一找|一查|找)?|谁(?:说|提)(?:过|到)|(?:说|提)过(?:什么|吗)|什么时候(?:说|提)/iu,
  ],
]

/** Names what a message wants where a rule is sure of it, and `ask` where none is. */
export function classify(turn: Turn): void {
  turn.intent = intentOf(turn.text, turn.settings.assistantName)
}

/** The intent of a text, its mentions of the assistant set aside. */
export function intentOf(text: string, assistantName: string): Intent {
  const wish = withoutMentions(withoutCodeAndQuotes(text), assistantName)
  return RULES.find(([, pattern]) => pattern.test(wish))?.[0] ?? (wish === '' ? 'help' : 'ask')
}

function withoutMentions(text: string, assistantName: string): string {
  const name = assistantName.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, String.raw`\$&`)
  return text
    .replaceAll(
      new RegExp(`[@＠](?:assistant|助手|${name})|^\\s*${name}(?=\\s*[,，:：、!！?？])`, 'giu'),
      ' ',
    )
    .replaceAll(/^[\s,，:：、]+|[\s,，。.!！?？~～]+$/gu, '')
}
