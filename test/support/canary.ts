/**
 * Stands in every secret of the tests, and in texts, prompts and codes that are nobody else's business.
 * Whatever prints it has leaked one. Names and titles are to be shown, so it is in none of them.
 */
export const CANARY = 'canary-3f9ac1'

/** A canary of its own for one place, so that a leak says where it came from. */
export function canaryFor(place: string): string {
  return `${CANARY}-${place}`
}

// Sessions and tickets: three parts, the first of which begins with `{"`.
const TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/

/** The first thing in a text that has no business there, with what stands around it. */
export function leakIn(text: string): string | undefined {
  const marker = text.indexOf(CANARY)
  const at = marker === -1 ? text.search(TOKEN) : marker
  return at === -1 ? undefined : text.slice(Math.max(0, at - 80), at + 80)
}
