import { ASSISTANT } from '../../protocol/events.ts'
import type { People } from '../store/people.ts'
import type { Reading } from '../text/parse.ts'

/** Who can be meant by an `@` in a group: the assistant under each of its names, and its members. */
export function readingFor(people: People, assistantName: string): Reading {
  const names = ['assistant', '助手', assistantName].map((name) => ({ name, member: ASSISTANT }))
  for (const { id, name, state } of people.values()) {
    if (state === 'active') names.push({ name, member: id })
  }
  // Longest first, so that @Ann Marie is not cut down to @Ann.
  return { names: names.toSorted((one, other) => other.name.length - one.name.length) }
}
