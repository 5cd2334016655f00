import { describe, expect, it, test } from 'vitest'

import type { AnswerStream, Completion } from '../../src/model/ask.ts'
import type { Condition } from '../../src/model/condition.ts'
import { EmbeddedModel } from '../../src/model/embedded.ts'
import { PHRASES } from '../../src/model/embedded/phrases.ts'
import { ModelRefusedError, ModelRestingError, ModelSilentError } from '../../src/model/errors.ts'
import { FallbackModel } from '../../src/model/fallback.ts'
import type { Rest } from '../../src/model/memory.ts'
import { askIn, listen } from './conversation.ts'

const ASK = askIn(['Ada: hello'], 'Bo: @assistant write a poem about rain')
const WHOLE: Completion = { finish: 'stop', source: 'model', model: 'stand-in' }

function fallbackFor(
  speak: (stream: AnswerStream) => Completion,
  { rest, isSlow = false }: { readonly rest?: Rest; readonly isSlow?: boolean } = {},
) {
  const conditions: Condition[] = []
  const model = new FallbackModel({
    primary: {
      estimate: () => ({ inputTokens: 7, outputTokens: 9 }),
      complete: async (_, stream) => speak(stream),
      rest: () => rest,
      isSlow,
    },
    embedded: new EmbeddedModel(),
    onCondition: (condition) => conditions.push(condition),
  })
  return { model, conditions }
}

it('lets the primary model speak, and is well', async () => {
  const stream = listen()
  const { model, conditions } = fallbackFor((stream) => {
    stream.onText('Drip')
    stream.onText(' drop')
    return WHOLE
  })
  expect(await model.complete(ASK, stream)).toEqual(WHOLE)
  expect(stream.pieces).toEqual(['Drip', ' drop'])
  expect(conditions).toEqual([{ state: 'ok' }])
  expect(model.condition).toEqual({ state: 'ok' })
})

describe('a failure before anything was visible', () => {
  test.each([
    [new ModelSilentError('first_token')],
    [new ModelRefusedError('rate', { status: 429 })],
  ])('[P16] is answered by the embedded responder: %s', async (fault) => {
    const stream = listen()
    const { model, conditions } = fallbackFor(() => {
      throw fault
    })
    const completion = await model.complete(ASK, stream)
    expect(completion).toEqual({ finish: 'stop', source: 'local', degraded: fault.kind })
    expect(stream.text).toBe(PHRASES.en.modelAway)
    expect(conditions).toEqual([{ state: 'local', reason: fault.kind }])
  })

  it('is told apart where the model did not want to answer', async () => {
    const stream = listen()
    const { model } = fallbackFor(() => {
      throw new ModelRefusedError('filter', { status: 400 })
    })
    await model.complete(ASK, stream)
    expect(stream.text).toBe(PHRASES.en.modelDeclined)
  })

  it('leaves no blanks behind', async () => {
    const stream = listen()
    const { model } = fallbackFor((stream) => {
      stream.onText('\n')
      stream.onText('  ')
      throw new ModelSilentError('idle')
    })
    await model.complete(ASK, stream)
    expect(stream.text).toBe(PHRASES.en.modelAway)
  })
})

it('shows the blanks that a visible answer begins with', async () => {
  const stream = listen()
  const { model } = fallbackFor((stream) => {
    stream.onText('  ')
    stream.onText('- rain')
    return WHOLE
  })
  await model.complete(ASK, stream)
  expect(stream.text).toBe('  - rain')
})

it('[P15] lets a failure through once something was visible', async () => {
  const fault = new ModelSilentError('truncated')
  const stream = listen()
  const { model, conditions } = fallbackFor((stream) => {
    stream.onText('Drip')
    throw fault
  })
  await expect(model.complete(ASK, stream)).rejects.toBe(fault)
  expect(stream.text).toBe('Drip')
  expect(conditions).toEqual([])
})

it('never answers in place of a call that its asker stopped, nor is worse for it', async () => {
  const stream = listen()
  const { model, conditions } = fallbackFor(() => {
    stream.stop('enough')
    throw new ModelSilentError('network')
  })
  await expect(model.complete(ASK, stream)).rejects.toBe('enough')
  expect(stream.text).toBe('')
  expect(conditions).toEqual([])
})

it('does not take a bug for a failing endpoint', async () => {
  const bug = new TypeError('a bug')
  const { model, conditions } = fallbackFor(() => {
    throw bug
  })
  await expect(model.complete(ASK, listen())).rejects.toBe(bug)
  expect(conditions).toEqual([])
})

describe('the condition', () => {
  const rest = { kind: 'rate', until: 1_790_000_000_000 } as const
  const resting = { state: 'resting', reason: 'rate', retryAt: rest.until }

  it('is resting where no endpoint may be asked, and answers come locally meanwhile', async () => {
    const stream = listen()
    const { model, conditions } = fallbackFor(
      () => {
        throw new ModelRestingError('rate', rest.until)
      },
      { rest },
    )
    expect(model.condition).toEqual(resting)
    expect(await model.complete(ASK, stream)).toMatchObject({ source: 'local', degraded: 'rate' })
    expect(conditions).toEqual([resting])
  })

  it('is resting also where the last endpoint fell silent in the middle of its answer', async () => {
    const { model, conditions } = fallbackFor(
      (stream) => {
        stream.onText('Drip')
        throw new ModelSilentError('idle')
      },
      { rest },
    )
    await expect(model.complete(ASK, listen())).rejects.toMatchObject({ kind: 'idle' })
    expect(conditions).toEqual([resting])
  })

  it('is slow after an answer that let people wait', async () => {
    const { model, conditions } = fallbackFor(() => WHOLE, { isSlow: true })
    await model.complete(ASK, listen())
    expect(conditions).toEqual([{ state: 'slow', reason: 'first_token' }])
  })
})
