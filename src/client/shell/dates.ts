import type { Language } from '../words/words.ts'

// Making a format costs more than using it a thousand times.
const formats = new Map<string, Intl.DateTimeFormat>()

function formatted(at: number, language: Language, options: Intl.DateTimeFormatOptions): string {
  const key = language + JSON.stringify(options)
  const format = formats.get(key) ?? new Intl.DateTimeFormat(language, options)
  formats.set(key, format)
  return format.format(at)
}

/** The time of day, as in "09:12". */
export function timeOf(at: number, language: Language): string {
  return formatted(at, language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** Day and time in full. */
export function momentOf(at: number, language: Language): string {
  return formatted(at, language, { dateStyle: 'full', timeStyle: 'short' })
}

/** The time of day, and before it the day where that is another than the one of `now`. */
export function whenOf(at: number, language: Language, now = Date.now()): string {
  if (dayKeyOf(at) === dayKeyOf(now)) return timeOf(at, language)
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  return formatted(at, language, { month: 'short', day: 'numeric', ...time })
}

/** The day in words; the year only where it is another one. */
export function dayOf(at: number, language: Language, now = Date.now()): string {
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  const year = isThisYear ? undefined : ({ year: 'numeric' } as const)
  return formatted(at, language, { weekday: 'long', month: 'long', day: 'numeric', ...year })
}

/** Names a day by the calendar where the reader is. */
export function dayKeyOf(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

/** Whether a time lies so many days before now. */
export function isDaysAgo(at: number, days: number, now = Date.now()): boolean {
  const day = new Date(now)
  day.setDate(day.getDate() - days)
  return dayKeyOf(at) === dayKeyOf(day.getTime())
}
