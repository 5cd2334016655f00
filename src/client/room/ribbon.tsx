import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import type { LinkState } from '../link/link.ts'
import { language, words } from '../shell/language.ts'
import { fill, fillCount } from '../words/words.ts'
import type { Room } from './room.ts'

// A connection that is back at once is not worth a line that comes and goes.
const PATIENCE_MS = 1_500

/** Says that there is no connection, why, and when it will be tried again; nothing while there is one. */
export function Ribbon({ room }: { readonly room: Room }) {
  const state = room.state.value
  const isPatient = usePatience(state.at === 'connecting')
  const now = useNow(state.at === 'waiting')
  const { ribbon } = words.value
  const isShown = state.at !== 'live' && !(state.at === 'connecting' && isPatient)
  const queued = room.own.waiting.value.filter((one) => one.refused === undefined).length
  return (
    <div class="ribbon-place" role="status">
      {isShown ? (
        <div class="ribbon">
          <span aria-hidden="true">◔</span>
          <span>
            {/* Seconds would be read out one by one: a screen reader hears the reason only. */}
            <span class="unseen">{reasonOf(state)} </span>
            <span aria-hidden="true">{lineOf(state, now)} </span>
            {queued > 0 ? fillCount(ribbon.queued, language.value, queued) : null}
          </span>
          <button type="button" onClick={() => room.retryNow()}>
            {ribbon.tryNow}
          </button>
        </div>
      ) : null}
    </div>
  )
}

function reasonOf(state: LinkState): string {
  const { ribbon } = words.value
  if (!('reason' in state)) return ribbon.connecting
  // The browser knows better why an attempt came to nothing.
  const isOffline = state.reason === 'lost' && !navigator.onLine
  return ribbon.reasons[isOffline ? 'offline' : state.reason]
}

function lineOf(state: LinkState, now: number): string {
  if (state.at !== 'waiting') return reasonOf(state)
  const seconds = Math.max(1, Math.ceil((state.until - now) / 1_000))
  return fill(words.value.ribbon.waiting, { reason: reasonOf(state), seconds })
}

function useNow(isRunning: boolean): number {
  const now = useSignal(Date.now())
  useEffect(() => {
    if (!isRunning) return undefined
    now.value = Date.now()
    const timer = setInterval(() => {
      now.value = Date.now()
    }, 500)
    return () => clearInterval(timer)
  }, [isRunning])
  return now.value
}

function usePatience(isTried: boolean): boolean {
  const isPatient = useSignal(true)
  useEffect(() => {
    isPatient.value = true
    if (!isTried) return undefined
    const timer = setTimeout(() => {
      isPatient.value = false
    }, PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isTried])
  return isPatient.value
}
