import type { Fetch } from '../../../src/model/openai.ts'
import type { ManualTimers } from '../manual-timers.ts'
import { turn } from './calls.ts'

/** What a scripted endpoint does to a call; times count from its beginning, in milliseconds. */
export type Behavior =
  | {
      readonly does: 'refuse'
      readonly at: number
      readonly status: number
      readonly after?: string
    }
  | { readonly does: 'break'; readonly at: number }
  | { readonly does: 'hang' }
  | {
      readonly does: 'answer'
      /** Pieces of text; `THOUGHT` is a token of thinking. */
      readonly pieces: readonly (readonly [at: number, text: string])[]
      readonly end: 'finish' | 'close' | 'cut' | 'error' | 'filter' | 'stall'
      readonly endAt: number
    }

export const THOUGHT = '(thought)'

/** A call as it arrived, and what became of it. */
export interface ScriptedCall {
  readonly host: string
  readonly at: number
  /** `open` until the endpoint has ended it or the caller went away. */
  state: 'open' | 'ended' | 'aborted'
}

/** A good answer in two pieces, the first one after so long. */
export function good(at: number, text: readonly [string, string] = ['Yes', '.']): Behavior {
  const [first, second] = text
  return {
    does: 'answer',
    pieces: [
      [at, first],
      [at + 100, second],
    ],
    end: 'finish',
    endAt: at + 200,
  }
}

/** Endpoints that follow a script on a clock that is moved by hand. */
export class ScriptedEndpoints {
  readonly calls: ScriptedCall[] = []
  readonly #timers: ManualTimers
  readonly #behave: (host: string) => Behavior

  constructor(timers: ManualTimers, behave: (host: string) => Behavior) {
    this.#timers = timers
    this.#behave = behave
  }

  get hosts(): readonly string[] {
    return this.calls.map(({ host }) => host)
  }

  readonly fetch: Fetch = (url, init) => {
    const { host } = new URL(url)
    const call: ScriptedCall = { host, at: this.#timers.now, state: 'open' }
    this.calls.push(call)
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    const clears: (() => void)[] = []
    const later = (ms: number, run: () => void) => clears.push(this.#timers.start(ms, run))
    const body = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>()
    const end = (state: 'ended' | 'aborted') => {
      call.state = state
      for (const clear of clears) clear()
    }
    const fail = (state: 'ended' | 'aborted', fault: unknown) => {
      if (call.state !== 'open') return
      end(state)
      reject(fault)
      void body.promise.then((controller) => controller.error(fault))
    }
    init.signal?.addEventListener('abort', () => fail('aborted', init.signal?.reason))
    const say = (data: string) =>
      void body.promise.then((controller) =>
        // Whoever listened may have gone in this very moment, and taken the stream along.
        call.state === 'aborted'
          ? undefined
          : controller.enqueue(new TextEncoder().encode(`data: ${data}\n\n`)),
      )
    const behavior = this.#behave(host)
    switch (behavior.does) {
      case 'hang':
        break
      case 'break':
        later(behavior.at, () => fail('ended', new TypeError('connection lost')))
        break
      case 'refuse': {
        const { status, after } = behavior
        const headers = { ...(after !== undefined && { 'retry-after': after }) }
        later(behavior.at, () => {
          end('ended')
          resolve(new Response(status === 451 ? 'content_filter' : 'no', { status, headers }))
        })
        break
      }
      case 'answer': {
        const stream = new ReadableStream<Uint8Array>({ start: body.resolve })
        resolve(new Response(stream, { headers: { 'content-type': 'text/event-stream' } }))
        for (const [at, text] of behavior.pieces) {
          const delta = text === THOUGHT ? { reasoning_content: text } : { content: text }
          later(at, () => say(JSON.stringify({ choices: [{ delta }] })))
        }
        later(behavior.endAt, () => {
          if (behavior.end === 'stall') return
          if (behavior.end === 'cut') return fail('ended', new TypeError('connection lost'))
          if (behavior.end === 'error') say('{"error":{"code":502}}')
          const reason = behavior.end === 'filter' ? 'content_filter' : 'stop'
          const finish = { choices: [{ delta: {}, finish_reason: reason }] }
          if (behavior.end === 'finish' || behavior.end === 'filter') say(JSON.stringify(finish))
          void body.promise.then((controller) => controller.close())
          end('ended')
        })
      }
    }
    return promise
  }
}

/** Moves time from one timer to the next until something has settled. */
export async function untilSettled<T>(work: Promise<T>, timers: ManualTimers): Promise<T> {
  let isSettled = false
  const note = (): void => {
    isSettled = true
  }
  work.then(note, note)
  for (;;) {
    await turn()
    await turn()
    if (isSettled) return work
    if (!timers.advanceToNext()) throw new Error('nothing is left that could happen')
  }
}
