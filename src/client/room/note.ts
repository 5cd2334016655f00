import { durationOf } from '../shell/amounts.ts'
import { whenOf } from '../shell/dates.ts'
import type { Note } from '../store/item.ts'
import { fill } from '../words/words.ts'
import type { Language, Words } from '../words/words.ts'

/** How a note calls the people in it. */
export interface Callings {
  /** As the one who did something. */
  readonly by: string
  /** As the one to whom something was done, or who came or went. */
  readonly name: string
}

/** Says who came and went, and who changed what. */
export function sentenceOf(note: Note, call: Callings, words: Words, language: Language): string {
  const { notes, members } = words
  const { about, from, at } = note
  if (about.is === 'settings') {
    const what = changesIn(about.changed, words, language).join(language === 'en' ? ', ' : '，')
    return fill(notes.settings, { ...call, what: what === '' ? notes.other : what })
  }
  const { change, member, role, until = 0, formerly = '' } = about
  const time = whenOf(until, language, at)
  const values = { ...call, role: members.aRole[role], time }
  const isOwnDoing = from === member
  if (change === 'renamed') return fill(notes.renamed, { formerly, name: about.name })
  if (change === 'joined') return fill(isOwnDoing ? notes.joined : notes.letIn, values)
  if (change === 'role' && isOwnDoing) return fill(notes.became, values)
  return fill(notes[change], values)
}

type Changed = Extract<Note['about'], { readonly is: 'settings' }>['changed']

function changesIn(changed: Changed, { notes }: Words, language: Language): readonly string[] {
  const { title, assistantName, mode, join, slowModeSeconds } = changed
  return [
    title === undefined ? [] : fill(notes.title, { title }),
    assistantName === undefined ? [] : fill(notes.assistantName, { name: assistantName }),
    mode === undefined ? [] : notes.mode[mode],
    join === undefined ? [] : notes.join[join],
    slowModeSeconds === undefined
      ? []
      : slowModeSeconds === 0
        ? notes.slowOff
        : fill(notes.slow, { time: durationOf(slowModeSeconds, language) }),
  ].flat()
}
