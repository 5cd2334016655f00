import { OpenAiModel } from '../../../src/model/openai.ts'
import { askIn } from '../conversation.ts'
import type { ManualTimers } from '../manual-timers.ts'
import type { ModelMode } from './modes.ts'

/** The limits of the tests' calls; their time moves by hand. */
export const LIMITS = { firstTokenMs: 8_000, idleMs: 15_000, totalMs: 120_000 }

export const ASK = askIn(['Ada: hello'], 'Bo: @assistant say something')

/** A model at a stand-in endpoint, in the mode that it is named after. */
export function modelAt(
  baseUrl: string,
  mode: ModelMode,
  timers: ManualTimers,
  { apiKey = '', limits = LIMITS } = {},
): OpenAiModel {
  return new OpenAiModel({
    endpoint: { baseUrl, name: mode, ...(apiKey && { apiKey }) },
    limits,
    fetch: (url, init) => fetch(url, init),
    startTimer: timers.start,
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
