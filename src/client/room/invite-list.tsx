import { useEffect, useRef } from 'preact/hooks'

import { whenOf } from '../shell/dates.ts'
import { language, words } from '../shell/language.ts'
import { fill } from '../words/words.ts'
import type { OpenInvite } from './group-api.ts'
import { nameOf } from './names.ts'
import type { Room } from './room.ts'

interface InviteListProps {
  readonly room: Room
  readonly invites: readonly OpenInvite[]
  readonly onRevoke: (id: string) => void
}

/** The invites that still work, each with a way to end it. */
export function InviteList({ room, invites, onRevoke }: InviteListProps) {
  const { invite: say, members, common } = words.value
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    // The button that had the focus is gone with its invite.
    if (document.activeElement === document.body) list.current?.focus()
  }, [invites.length])
  return (
    <section class="invites" aria-labelledby="open-invites">
      <h3 id="open-invites">{say.open}</h3>
      {invites.length === 0 ? <p class="quiet">{say.none}</p> : null}
      <ul ref={list} tabIndex={-1} aria-labelledby="open-invites">
        {invites.map(({ id, role, uses, usesLeft, expiresAt, by }) => {
          const date = whenOf(expiresAt, language.value)
          const maker = by === room.me.id ? common.youAsObject : nameOf(room, by)
          return (
            <li key={id}>
              <span>
                <span class="tag">{members.roles[role]}</span>{' '}
                {fill(say.left, { left: usesLeft, uses })}
                <small>
                  {fill(say.until, { date })} {fill(say.by, { name: maker })}
                </small>
              </span>
              <button
                type="button"
                class="button"
                aria-label={fill(say.revokeOne, { date })}
                onClick={() => onRevoke(id)}
              >
                {say.revoke}
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
