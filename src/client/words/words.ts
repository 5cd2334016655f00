import en from './en.json'
import zhCN from './zh-CN.json'

/** The languages that everything a person reads exists in. */
export const LANGUAGES = ['en', 'zh-CN'] as const
export type Language = (typeof LANGUAGES)[number]

/** Every word of the app, by screen. English is the measure: what lacks one of its keys is no `Words`. */
export type Words = typeof en

/** The words of each language. */
export const WORDS: Readonly<Record<Language, Words>> = { en, 'zh-CN': zhCN }

/** Words that differ by number, as in "1 member" and "8 members". */
export interface Counted {
  readonly one: string
  readonly other: string
}

type Values = Readonly<Record<string, string | number>>

// A gap, with the spaces that set it off from Chinese characters beside it.
const GAP = /(?:(?<=\p{Script=Han})( ))?\{(\w+)\}(?:( )(?=\p{Script=Han}))?/gu
const FIRST_HAN = /^\p{Script=Han}/u
const LAST_HAN = /\p{Script=Han}$/u

/** Puts values where a sentence has their names in braces. Between Chinese and Chinese stands no space. */
export function fill(sentence: string, values: Values): string {
  return sentence.replaceAll(GAP, (gap: string, before = '', name: string, after = '') => {
    const value = values[name]
    if (value === undefined) return gap
    const text = String(value)
    return (FIRST_HAN.test(text) ? '' : before) + text + (LAST_HAN.test(text) ? '' : after)
  })
}

/** Picks the words that fit a number and puts it in. */
export function fillCount(words: Counted, language: Language, count: number, values: Values = {}) {
  const form = new Intl.PluralRules(language).select(count) === 'one' ? words.one : words.other
  return fill(form, { count: new Intl.NumberFormat(language).format(count), ...values })
}

/** The language for someone who asked for `wanted`, most wanted first. */
export function toLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = LANGUAGES.find(
      (language) => tag.slice(0, 2).toLowerCase() === language.slice(0, 2),
    )
    if (found !== undefined) return found
  }
  return 'en'
}
