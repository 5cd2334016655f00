import { useSignal } from '@preact/signals'

import type { JoinMode, SpeakMode } from '../../protocol/events.ts'
import { durationOf } from '../shell/amounts.ts'
import { useAttempt } from '../shell/attempt.ts'
import { Choice, Radios } from '../shell/choice.tsx'
import { wordsFor } from '../shell/failure.ts'
import { Failure, Field, Form } from '../shell/field.tsx'
import { language, words } from '../shell/language.ts'
import type { About } from './about.ts'
import { patchGroup } from './group-api.ts'
import { patchBetween } from './settings-patch.ts'

const SPEAK_MODES: readonly SpeakMode[] = ['mention', 'off']
const JOIN_MODES: readonly JoinMode[] = ['open', 'approval']
const SLOW_SECONDS = [0, 10, 30, 60, 300, 900, 3_600]

interface SettingsPartProps {
  readonly about: About
  readonly onDone: () => void
}

/** What moderators decide for a group. Only what was changed is sent, so that two can change different things. */
export function SettingsPart({ about, onDone }: SettingsPartProps) {
  const { settings: say } = words.value
  const { id, settings } = about.group
  const before = useSignal({ title: about.group.title, ...settings }).peek()
  const title = useSignal(before.title)
  const assistantName = useSignal(before.assistantName)
  const mode = useSignal(before.mode)
  const join = useSignal(before.join)
  const slow = useSignal(before.slowModeSeconds)
  const attempt = useAttempt()
  const save = async () => {
    const patch = patchBetween(before, {
      title: title.value.trim(),
      assistantName: assistantName.value.trim(),
      mode: mode.value,
      join: join.value,
      slowModeSeconds: slow.value,
    })
    if (patch !== null) await patchGroup(id, patch)
    onDone()
  }
  const lasts = (seconds: number) =>
    seconds === 0 ? say.slowOff : durationOf(seconds, language.value)
  const choices = SLOW_SECONDS.includes(before.slowModeSeconds)
    ? SLOW_SECONDS
    : [...SLOW_SECONDS, before.slowModeSeconds]
  return (
    <Form label={say.heading} onSubmit={() => attempt.run(save)}>
      <Field label={say.name} value={title} />
      <Field label={say.assistantName} value={assistantName} />
      <Radios
        label={say.speaks}
        value={mode}
        options={SPEAK_MODES.map((value) => ({ value, label: say.modes[value] }))}
      />
      <Radios
        label={say.joining}
        value={join}
        options={JOIN_MODES.map((value) => ({ value, label: say.joins[value] }))}
      />
      <Choice
        label={say.slow}
        value={slow}
        help={say.slowHelp}
        options={choices.map((value) => ({ value, label: lasts(value) }))}
      />
      {attempt.cause.value === null ? null : (
        <Failure text={wordsFor(attempt.cause.value, words.value)} />
      )}
      <button class="button solid" aria-disabled={attempt.isBusy.value}>
        {attempt.isBusy.value ? say.saving : say.save}
      </button>
    </Form>
  )
}
