import type { Language } from '../words/words.ts'

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** A length of time in its largest fitting unit, as in "10 minutes"; what is left over counts in full. */
export function durationOf(seconds: number, language: Language): string {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? (['second', 1] as const)
  const options = { style: 'unit', unit, unitDisplay: 'long' } as const
  return new Intl.NumberFormat(language, options).format(Math.ceil(seconds / size))
}

/** A count as people write it. */
export function countOf(count: number, language: Language): string {
  return new Intl.NumberFormat(language).format(count)
}
