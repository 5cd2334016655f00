import { credentialsFor } from '../../../src/model/credentials.ts'
import type { Access, Profile } from '../../../src/model/endpoint.ts'
import { OpenAiModel } from '../../../src/model/openai.ts'
import { Dialect } from '../../../src/model/openai/dialect.ts'
import { askIn } from '../conversation.ts'
import type { ManualTimers } from '../manual-timers.ts'
import type { ModelMode } from './modes.ts'

/** The limits of the tests' calls; their time moves by hand. */
export const LIMITS = { firstTokenMs: 8_000, idleMs: 15_000, totalMs: 120_000 }

export const ASK = askIn(['Ada: hello'], 'Bo: @assistant say something')

interface CallOptions {
  readonly access?: Access
  readonly limits?: typeof LIMITS
  readonly profile?: Profile
}

/** A model at a stand-in endpoint, in the mode that it is named after. */
export function modelAt(
  baseUrl: string,
  mode: ModelMode,
  timers: ManualTimers,
  { access = { kind: 'none' }, limits = LIMITS, profile = {} }: CallOptions = {},
): OpenAiModel {
  const ports = {
    fetch: (url: string, init: RequestInit) => fetch(url, init),
    startTimer: timers.start,
    now: () => timers.now,
  }
  const memory = { token: undefined, restUntil: new Map<number, number>() }
  return new OpenAiModel({
    ...ports,
    endpoint: { id: 'stand-in', baseUrl, model: mode, access, profile },
    limits,
    credentials: credentialsFor(access, { ...ports, memory }),
    dialect: new Dialect(profile),
  })
}

/** What a call rejected with. */
export async function faultOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
  } catch (fault) {
    return fault
  }
  throw new Error('the call did not fail')
}

/** Lets sockets move: silence cannot be waited for by the next piece. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
