import { CLOSE } from '../protocol/codes.ts'
import type { Reason } from './alarms.ts'
import type { Connection, Connections } from './connections.ts'

/** Ends connections with the sessions behind them; see `Connections.renew` for how they outlive them. */
export class Sessions implements Reason {
  readonly name = 'sessions'
  readonly #connections: Connections
  readonly #leave: (connection: Connection) => void

  constructor(connections: Connections, leave: (connection: Connection) => void) {
    this.#connections = connections
    this.#leave = leave
  }

  due(): number | undefined {
    return this.#connections.firstExpiry()
  }

  run(now: number): boolean {
    const over = [...this.#connections.all()].filter(({ expiresAt }) => expiresAt <= now)
    for (const connection of over) this.end(connection)
    return over.length > 0
  }

  /** Closes a connection whose session is over; its client comes back with a new one ([P22]). */
  end(connection: Connection): void {
    connection.tell({ type: 'bye', code: CLOSE.expired, retry: true })
    connection.dismiss(CLOSE.expired, 'the session has ended')
    this.#leave(connection)
  }
}
