import { durationOf } from '../shell/amounts.ts'
import { whenOf } from '../shell/dates.ts'
import { language, words } from '../shell/language.ts'
import { fill, fillCount } from '../words/words.ts'
import type { Words } from '../words/words.ts'
import type { Desk } from './desk.ts'
import { nameOf } from './names.ts'
import { can } from './rights.ts'
import type { Room } from './room.ts'

/** Above the box: what the text answers, or that it replaces an earlier one. */
export function ComposerContext({ desk: { room, draft } }: { readonly desk: Desk }) {
  const { composer: say } = words.value
  const purpose = draft.purpose.value
  if (purpose.is === 'new') return null
  const label =
    purpose.is === 'edit'
      ? say.editing
      : fill(say.replying, { name: nameOf(room, purpose.to.from) })
  return (
    <p class="context">
      <span>{label}</span>
      <button type="button" class="button quiet" onClick={() => draft.cancel()}>
        {say.cancel}
      </button>
    </p>
  )
}

/** In place of the box: why one may only read. */
export function ReadOnly({ room }: { readonly room: Room }) {
  const { composer: say } = words.value
  const until = room.muted.until.value
  const isMuted = until > 0 && can(room, 'say')
  const asked = room.asked.value
  return (
    <div class="composer read-only">
      <p role="status">
        {isMuted ? fill(say.mutedUntil, { time: whenOf(until, language.value) }) : say.readOnly}
      </p>
      {isMuted && asked !== undefined ? (
        <button type="button" class="button" onClick={() => room.stop(asked.seq)}>
          {say.stop}
        </button>
      ) : null}
    </div>
  )
}

interface HintProps {
  readonly room: Room
  /** Characters above the limit. */
  readonly excess: number
}

/** Below the box: what the keys do, who is typing, and what is in the way. */
export function ComposerHint({ room, excess }: HintProps) {
  const { composer: say, assistantState } = words.value
  const state = room.about.value?.assistant.state ?? 'ok'
  const slow = slowLine(room)
  // That no model is set up is no news; the members' panel says it.
  const news = state === 'slow' || state === 'resting' ? assistantState[state] : ''
  return (
    <div class="hint">
      {excess > 0 ? (
        <span class="too-long" role="alert">
          {fillCount(say.tooLong, language.value, excess)}
        </span>
      ) : (
        <span class={slow === null ? 'keys' : undefined}>{slow ?? say.hint}</span>
      )}
      <span>{typingLine(room, words.value) ?? news}</span>
    </div>
  )
}

// Who keeps order does not wait.
function slowLine(room: Room): string | null {
  const seconds = room.about.value?.group.settings.slowModeSeconds ?? 0
  if (seconds === 0 || can(room, 'mute')) return null
  return fill(words.value.composer.slow, { time: durationOf(seconds, language.value) })
}

function typingLine(room: Room, { typing }: Words): string | null {
  const [one, two, three] = room.typing.members.value
  if (one === undefined) return null
  const name = nameOf(room, one)
  if (two === undefined) return fill(typing.one, { name })
  return three === undefined ? fill(typing.two, { name, other: nameOf(room, two) }) : typing.many
}
