import type { Next } from '../compose.ts'
import type { Route, Turn } from '../turn.ts'

/** Decides who takes the turn: the assistant where it was addressed and may speak, else nobody. */
export async function route(turn: Turn, next: Next): Promise<void> {
  turn.route = routeOf(turn)
  await next()
}

function routeOf(turn: Turn): Route {
  if (turn.verdict?.kind === 'retract') return { to: 'nobody', why: 'retracted' }
  if (turn.kind === 'edit') return { to: 'nobody', why: 'edited' }
  if (!turn.address) return { to: 'nobody', why: 'not_addressed' }
  if (turn.settings.mode === 'off') return { to: 'nobody', why: 'mode_off' }
  return { to: 'assistant', why: turn.address }
}
