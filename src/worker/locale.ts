import type { Context } from 'hono'
import * as v from 'valibot'

/** A language tag, as tokens carry it. */
export const Locale = v.pipe(v.string(), v.regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}$/))

/** What somebody reads: as they said, else which of our two languages their browser puts first. */
export function localeOf(c: Context, said: string | undefined): string {
  if (said !== undefined) return said
  return isChinese(c.req.header('accept-language')?.trim()) ? 'zh-CN' : 'en'
}

/** The language in which a group talks to somebody. */
export function languageOf(locale: string): 'en' | 'zh' {
  return isChinese(locale) ? 'zh' : 'en'
}

function isChinese(tag = ''): boolean {
  return /^zh\b/i.test(tag)
}
