import { computed, effect, signal } from '@preact/signals'

import { LANGUAGES, toLanguage, WORDS } from '../words/words.ts'
import type { Language, Words } from '../words/words.ts'

/** Where this device remembers the language. */
export const LANGUAGE_KEPT_AS = 'parley.language'

/** The language that everything is shown in; setting it changes the whole screen at once. */
export const language = signal<Language>(firstLanguage())

/** The words of the current language. Components that read them follow a switch by themselves. */
export const words = computed<Words>(() => WORDS[language.value])

/** The current language as `lang` wants it. */
export function followLanguage(root: HTMLElement): void {
  effect(() => {
    root.lang = language.value
  })
}

/** Takes the next language and remembers the choice on this device. */
export function switchLanguage(): void {
  const next = LANGUAGES[(LANGUAGES.indexOf(language.value) + 1) % LANGUAGES.length] ?? 'en'
  localStorage.setItem(LANGUAGE_KEPT_AS, next)
  const url = new URL(location.href)
  url.searchParams.delete('lang')
  history.replaceState(null, '', url)
  language.value = next
}

function firstLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang')
  const kept = localStorage.getItem(LANGUAGE_KEPT_AS)
  return toLanguage([asked, kept, ...navigator.languages].filter((tag) => tag !== null))
}
