import * as v from 'valibot'

import { NAME_CHARS } from '../protocol/limits.ts'
import { countCharacters } from '../protocol/parse.ts'

// Control characters, and the invisible ones that reorder text or hide in it: a name must not be
// able to look like another one. The joiners of emoji and of some scripts (U+200C, U+200D) stay.
const UNSEEN = /[\p{Cc}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF]/gu

const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}]/u

// The one way a name is kept: NFC, on one line, nothing invisible.
function cleanName(text: string): string {
  return text.toWellFormed().normalize('NFC').replaceAll(/\s+/gu, ' ').replaceAll(UNSEEN, '').trim()
}

/** A name from outside: cleaned, then 1 to 64 characters of which at least one can be seen. */
export const Name = v.pipe(
  v.string(),
  v.transform(cleanName),
  v.check((name) => VISIBLE.test(name) && countCharacters(name) <= NAME_CHARS),
)
