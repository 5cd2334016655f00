import type { GroupSettings } from '../../protocol/events.ts'
import type { GroupPatch } from './group-api.ts'

/** Everything that the settings sheet shows. */
export type Shown = GroupSettings & { readonly title: string }

/** What to ask the server for, so that `before` becomes `after`; `null` where nothing was changed. */
export function patchBetween(before: Shown, after: Shown): GroupPatch | null {
  const { title, ...settings } = after
  const changed: Partial<GroupSettings> = Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => Reflect.get(before, name) !== value),
  )
  const isTitled = title !== before.title
  const isSettled = Object.keys(changed).length > 0
  if (!isTitled && !isSettled) return null
  return { ...(isTitled && { title }), ...(isSettled && { settings: changed }) }
}
