import { words, language } from '../shell/language.ts'
import type { Opening, Suggestion } from './completion.ts'
import { matching } from './completion.ts'
import { assistantName } from './names.ts'
import type { Room } from './room.ts'

/** What may be offered where someone has begun to type a name or a command. */
export function suggestionsFor(room: Room, opening: Opening): readonly Suggestion[] {
  const all = opening.is === 'command' ? commands() : people(room)
  const found = matching(all, opening.query)
  // Offering what is already there in full would only take the Enter key away.
  const [only] = found
  const isThere = found.length === 1 && only?.shown.toLowerCase() === opening.query.toLowerCase()
  return isThere ? [] : found
}

function commands(): readonly Suggestion[] {
  return Object.entries(words.value.composer.commands).map(([name, about]) => ({
    key: name,
    shown: name,
    about,
    insert: `/${name} `,
  }))
}

function people(room: Room): readonly Suggestion[] {
  const { answers, here, away } = words.value.composer
  const assistant: Suggestion = {
    key: 'assistant',
    shown: assistantName(room),
    about: answers,
    insert: language.value === 'zh-CN' ? '@助手 ' : '@assistant ',
    aliases: ['assistant', '助手'],
  }
  const others = room.company.members.value
    .filter(({ id, name }) => id !== room.me.id && name !== '')
    .map(({ id, name }) => ({
      key: id,
      shown: name,
      about: room.company.online.value.has(id) ? here : away,
      insert: `@${name} `,
    }))
  return [assistant, ...others]
}
