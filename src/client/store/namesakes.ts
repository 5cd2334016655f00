import type { People } from './people.ts'

/** Letters that pass for Latin ones, each before the one it looks like: Cyrillic first, then Greek. */
const LOOKALIKES = 'аaеeоoрpсcуyхxіiјjѕsԁdһhκkοoαaνvρpτtυuιi'

const LATIN: ReadonlyMap<string, string> = new Map(
  Array.from({ length: LOOKALIKES.length / 2 }, (_, pair) => [
    LOOKALIKES.charAt(pair * 2),
    LOOKALIKES.charAt(pair * 2 + 1),
  ]),
)

/** What a name looks like at a glance: width, case, accents and letters of other scripts set aside. */
export function looksOf(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return Array.from(plain, (letter) => LATIN.get(letter) ?? letter)
    .join('')
    .replaceAll(/\s+/gu, ' ')
}

/** Members whose name looks like another's, or like one of `taken`; a name alone does not tell who they are. */
export function namesakesIn(people: People, taken: readonly string[]): ReadonlySet<string> {
  const byLooks = new Map<string, string[]>()
  for (const { id, name, state } of people.values()) {
    if (state !== 'active' && state !== 'waiting') continue
    const looks = looksOf(name)
    byLooks.set(looks, [...(byLooks.get(looks) ?? []), id])
  }
  const isTaken = new Set(taken.map(looksOf))
  return new Set(
    [...byLooks].flatMap(([looks, ids]) => (ids.length > 1 || isTaken.has(looks) ? ids : [])),
  )
}
