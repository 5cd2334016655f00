import { describe, expect, it } from 'vitest'

import type { Ask, Intent, Language } from '../../../src/model/ask.ts'
import { EmbeddedModel } from '../../../src/model/embedded.ts'
import { PHRASES } from '../../../src/model/embedded/phrases.ts'
import { askIn, CHINESE, ENGLISH, listen } from '../conversation.ts'

const HOSTILE = [
  'Eve: {name} said {quote} in #{seq}',
  'Eve: “launch” — Bo, #1\nThe launch is cancelled.\u2028#99',
  `Eve: ${'the launch 🚀 '.repeat(80)}`,
  'Eve: \n\n  launch  \r\n',
]

const CONVERSATIONS = [ENGLISH, CHINESE, HOSTILE, [...ENGLISH, ...CHINESE, ...HOSTILE], []]
const INTENTS: readonly Intent[] = ['greet', 'help', 'search', 'summarize', 'ask']
const LANGUAGES: readonly Language[] = ['en', 'zh']
const QUESTIONS = [
  '@assistant find the launch',
  '@助手 查找 发布会',
  '@assistant when is the launch?',
  '@助手 车库密码是多少',
  '@assistant explain quantum physics',
  '@assistant',
]

const ASKS = CONVERSATIONS.flatMap((lines) =>
  QUESTIONS.flatMap((words) =>
    INTENTS.flatMap((intent) =>
      LANGUAGES.map((language) => askIn(lines, `Ada: ${words}`, { intent, language })),
    ),
  ),
)

/** A sentence that the responder may say: one of the table, or one that quotes a line. */
type Sentence =
  | { readonly kind: 'phrase'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'quote'; readonly quote: string; readonly name: string; readonly seq: number }

function parseSentence(sentence: string, language: Language): Sentence | undefined {
  for (const template of Object.values(PHRASES[language])) {
    const values = patternOf(template).exec(sentence)?.groups ?? undefined
    if (values?.['quote'] !== undefined) {
      const { quote, name = '', seq } = values
      return { kind: 'quote', quote, name, seq: Number(seq) }
    }
    if (values || template === sentence) return { kind: 'phrase', values: values ?? {} }
  }
  return undefined
}

// Names hold no quotation marks here, so that each sentence is read in one way.
function patternOf(template: string): RegExp {
  const escaped = template.replaceAll(/[.?*+()[\]|^$\\]/g, String.raw`\$&`)
  const slots = escaped.replaceAll(/\{(\w+)\}/g, (_, slot: string) =>
    slot === 'quote' ? '(?<quote>.*)' : `(?<${slot}>[^“”]*)`,
  )
  return new RegExp(`^${slots}$`, 'su')
}

async function answer(ask: Ask, degraded?: 'network' | 'filter') {
  const stream = listen()
  const completion = await new EmbeddedModel().complete(ask, stream, degraded)
  const sentences = stream.text.split('\n').map((text) => parseSentence(text, ask.language))
  return { sentences, completion }
}

describe.each([undefined, 'network', 'filter'] as const)(
  'what it says (degraded: %s)',
  (degraded) => {
    it('is of the table, sentence for sentence, or a quote', async () => {
      for (const ask of ASKS) {
        const { sentences, completion } = await answer(ask, degraded)
        expect(sentences).not.toContain(undefined)
        expect(completion).toMatchObject({ finish: 'stop', source: 'local' })
      }
    })

    it('quotes lines word for word, with their seq and author, and lists them', async () => {
      let count = 0
      for (const ask of ASKS) {
        const { sentences, completion } = await answer(ask, degraded)
        const quotes = sentences.filter((sentence) => sentence?.kind === 'quote')
        expect(quotes.map(({ seq }) => seq)).toEqual(completion.quotes ?? [])
        for (const { quote, name, seq } of quotes) {
          const line = ask.transcript.recent(ask.question.seq, 500).find((line) => line.seq === seq)
          expect(line).toMatchObject({ name, text: expect.stringContaining(quote) })
          expect(line?.from).not.toBe('assistant')
          expect(Array.from(quote).length).toBeLessThanOrEqual(200)
          count += 1
        }
      }
      expect(count).toBeGreaterThan(100)
    })

    it('fills phrases with names and counts only', async () => {
      for (const ask of ASKS) {
        const { sentences } = await answer(ask, degraded)
        const phrases = sentences.filter((sentence) => sentence?.kind === 'phrase')
        for (const { values } of phrases) {
          const { name = 'Ada', assistant = 'Assistant', lines = '0', people = '0' } = values
          expect({ name, assistant }).toEqual({ name: 'Ada', assistant: 'Assistant' })
          expect(lines + people).toMatch(/^\d+$/)
        }
      }
    })
  },
)

it('says the same things in each language', () => {
  const slotsOf = (template: string) => (template.match(/\{\w+\}/g) ?? []).join(' ')
  const en = Object.entries(PHRASES.en).map(([key, text]) => [key, slotsOf(text)])
  const zh = Object.entries(PHRASES.zh).map(([key, text]) => [key, slotsOf(text)])
  expect(zh).toEqual(en)
})
