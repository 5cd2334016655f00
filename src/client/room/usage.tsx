import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { countOf } from '../shell/amounts.ts'
import { useAttempt } from '../shell/attempt.ts'
import { whenOf } from '../shell/dates.ts'
import { wordsFor } from '../shell/failure.ts'
import { Failure } from '../shell/field.tsx'
import { language, words } from '../shell/language.ts'
import { fill } from '../words/words.ts'
import { fetchLedger } from './ledger.ts'
import type { Ledger, LedgerEntry, Share } from './ledger.ts'
import { nameOf } from './names.ts'
import type { Room } from './room.ts'

/** What the assistant's replies have used: today in sum, by member, and one by one. */
export function UsagePart({ room }: { readonly room: Room }) {
  const { usage: say, common } = words.value
  const ledger = useSignal<Ledger | null>(null)
  const entries = useSignal<readonly LedgerEntry[]>([])
  const attempt = useAttempt()
  const load = (before?: number) =>
    attempt.run(async () => {
      const page = await fetchLedger(room.group, before)
      entries.value = before === undefined ? page.entries : [...entries.value, ...page.entries]
      ledger.value = page
    })
  useEffect(() => load(), [])
  const now = ledger.value
  return (
    <div class="usage">
      <p>{say.lead}</p>
      {now === null ? null : (
        <>
          <Today ledger={now} />
          <Shares shares={now.members} />
          <Newest room={room} entries={entries.value} />
        </>
      )}
      {attempt.isBusy.value ? <p role="status">{common.loading}</p> : null}
      {attempt.cause.value === null ? null : (
        <Failure text={wordsFor(attempt.cause.value, words.value)} />
      )}
      {now?.more === true ? (
        <button type="button" class="button" onClick={() => load(entries.value.at(-1)?.reply)}>
          {say.more}
        </button>
      ) : null}
    </div>
  )
}

function Today({ ledger: { today, limits } }: { readonly ledger: Ledger }) {
  const { usage: say } = words.value
  const count = (number: number) => countOf(number, language.value)
  const hourly = {
    replies: count(limits.memberRepliesPerHour),
    tokens: count(limits.memberTokensPerHour),
  }
  return (
    <section aria-labelledby="usage-today">
      <h3 id="usage-today">{say.today}</h3>
      <dl class="figures">
        <Figure
          name={say.replies}
          used={count(today.replies)}
          limit={count(limits.groupRepliesPerDay)}
        />
        <Figure
          name={say.tokens}
          used={count(today.tokens)}
          limit={count(limits.groupTokensPerDay)}
        />
      </dl>
      <small>
        {fill(say.resets, { time: whenOf(today.resetsAt, language.value) })}{' '}
        {fill(say.hourly, hourly)}
      </small>
    </section>
  )
}

interface FigureProps {
  readonly name: string
  readonly used: string
  readonly limit: string
}

function Figure({ name, used, limit }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{used}</strong> <small>{fill(words.value.usage.of, { limit })}</small>
      </dd>
    </div>
  )
}

function Shares({ shares }: { readonly shares: readonly Share[] }) {
  const { usage: say } = words.value
  return (
    <section aria-labelledby="usage-members">
      <h3 id="usage-members">{say.members}</h3>
      {shares.length === 0 ? (
        <p class="quiet">{say.noneToday}</p>
      ) : (
        <table aria-labelledby="usage-members">
          <thead>
            <tr>
              <th scope="col">{say.member}</th>
              <th scope="col">{say.replies}</th>
              <th scope="col">{say.tokens}</th>
            </tr>
          </thead>
          <tbody>
            {shares.map(({ id, name, replies, tokens }) => (
              <tr key={id}>
                <th scope="row">{name}</th>
                <td>{countOf(replies, language.value)}</td>
                <td>{countOf(tokens, language.value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

interface NewestProps {
  readonly room: Room
  readonly entries: readonly LedgerEntry[]
}

function Newest({ room, entries }: NewestProps) {
  const { usage: say } = words.value
  return (
    <section aria-labelledby="usage-newest">
      <h3 id="usage-newest">{say.newest}</h3>
      {entries.length === 0 ? (
        <p class="quiet">{say.none}</p>
      ) : (
        <table class="newest" aria-labelledby="usage-newest">
          <thead>
            <tr>
              <th scope="col">{say.when}</th>
              <th scope="col">{say.asked}</th>
              <th scope="col">{say.answered}</th>
              <th scope="col">{say.used}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <Entry key={entry.reply} room={room} entry={entry} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function Entry({ room, entry }: { readonly room: Room; readonly entry: LedgerEntry }) {
  const { usage: say, reply } = words.value
  const { to, at, status, source, model, inputTokens, outputTokens, estimated } = entry
  const how = new Map<string, string>(Object.entries(say.sources)).get(source) ?? source
  const end = new Map<string, string>(Object.entries(reply)).get(status)
  const used = `${countOf(inputTokens, language.value)} + ${countOf(outputTokens, language.value)}`
  return (
    <tr>
      <th scope="row">
        <time dateTime={new Date(at).toISOString()}>{whenOf(at, language.value)}</time>
      </th>
      <td>{nameOf(room, to)}</td>
      <td>
        {model === '' ? how : model}
        {end === undefined ? null : <small>{end}</small>}
      </td>
      <td>{estimated ? `${say.estimated} ${used}` : used}</td>
    </tr>
  )
}
