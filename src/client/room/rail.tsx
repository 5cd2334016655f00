import { LanguageButton } from '../shell/brand.tsx'
import { language, words } from '../shell/language.ts'
import { pathOf } from '../shell/router.ts'
import { groups } from '../shell/session.ts'
import { SignOut } from '../shell/sign-out.tsx'
import { fill } from '../words/words.ts'

interface RailProps {
  /** The group that is open. */
  readonly group: string
  /** Some link was followed. */
  readonly onGo?: () => void
}

/** One's groups, with what waits in each, and the way to a new one. */
export function Rail({ group, onGo }: RailProps) {
  const { rail } = words.value
  return (
    <div class="rail-content">
      <nav aria-label={rail.groups}>
        <h2>{rail.groups}</h2>
        <ul onClick={onGo}>
          {groups.value.map(({ id, title, unread, mentions }) => (
            <li key={id}>
              <a href={pathOf(id)} aria-current={id === group ? 'page' : undefined}>
                <span class="title">{title}</span>
                {id === group ? null : <Waiting unread={unread} mentions={mentions} />}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <a class="button" href="/">
        {rail.newGroup}
      </a>
      <div class="rail-end">
        <LanguageButton />
        <SignOut />
      </div>
    </div>
  )
}

function Waiting({ unread, mentions }: { readonly unread: number; readonly mentions: number }) {
  const { rail } = words.value
  if (unread === 0 && mentions === 0) return null
  const count = new Intl.NumberFormat(language.value).format(mentions || unread)
  const meaning = mentions > 0 ? rail.mentioned : fill(rail.unread, { count })
  return (
    <span class="waiting">
      <span aria-hidden="true">{mentions > 0 ? `@${count}` : count}</span>
      <span class="unseen">{meaning}</span>
    </span>
  )
}
