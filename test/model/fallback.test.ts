import { describe, expect, it, test } from 'vitest'

import type { AnswerStream, Completion, Model } from '../../src/model/ask.ts'
import { EmbeddedModel } from '../../src/model/embedded.ts'
import { PHRASES } from '../../src/model/embedded/phrases.ts'
import { ModelRefusedError, ModelSilentError } from '../../src/model/errors.ts'
import { FallbackModel } from '../../src/model/fallback.ts'
import type { ModelOutcome } from '../../src/model/outcome.ts'
import { askIn, listen } from './conversation.ts'

const ASK = askIn(['Ada: hello'], 'Bo: @assistant write a poem about rain')
const WHOLE: Completion = { finish: 'stop', source: 'model', model: 'stand-in' }

function fallbackFor(speak: (stream: AnswerStream) => Completion) {
  const outcomes: ModelOutcome[] = []
  const primary: Model = {
    estimate: () => ({ inputTokens: 7, outputTokens: 9 }),
    complete: async (_, stream) => speak(stream),
  }
  const model = new FallbackModel({
    primary,
    embedded: new EmbeddedModel(),
    report: (outcome) => outcomes.push(outcome),
  })
  return { model, outcomes }
}

it('lets the primary model speak and reports that it did', async () => {
  const stream = listen()
  const { model, outcomes } = fallbackFor((stream) => {
    stream.onText('Drip')
    stream.onText(' drop')
    return WHOLE
  })
  expect(await model.complete(ASK, stream)).toEqual(WHOLE)
  expect(stream.pieces).toEqual(['Drip', ' drop'])
  expect(outcomes).toEqual([{ kind: 'ok' }])
})

describe('a failure before anything was visible', () => {
  test.each([
    [new ModelSilentError('first_token'), { kind: 'first_token' }],
    [new ModelRefusedError('rate', { status: 429 }), { kind: 'rate', status: 429 }],
  ])('[P16] is answered by the embedded responder: %s', async (fault, outcome) => {
    const stream = listen()
    const { model, outcomes } = fallbackFor(() => {
      throw fault
    })
    const completion = await model.complete(ASK, stream)
    expect(completion).toEqual({ finish: 'stop', source: 'local', degraded: fault.kind })
    expect(stream.text).toBe(PHRASES.en.modelAway)
    expect(outcomes).toEqual([outcome])
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

it('[P15] lets a failure through once something was visible, and reports it', async () => {
  const fault = new ModelSilentError('truncated')
  const stream = listen()
  const { model, outcomes } = fallbackFor((stream) => {
    stream.onText('Drip')
    throw fault
  })
  await expect(model.complete(ASK, stream)).rejects.toBe(fault)
  expect(stream.text).toBe('Drip')
  expect(outcomes).toEqual([{ kind: 'truncated' }])
})

it('never answers in place of a call that its asker stopped, nor counts it', async () => {
  const stream = listen()
  const { model, outcomes } = fallbackFor(() => {
    stream.stop('enough')
    throw new ModelSilentError('network')
  })
  await expect(model.complete(ASK, stream)).rejects.toBe('enough')
  expect(stream.text).toBe('')
  expect(outcomes).toEqual([])
})

it('does not take a bug for a failing endpoint', async () => {
  const bug = new TypeError('a bug')
  const { model, outcomes } = fallbackFor(() => {
    throw bug
  })
  await expect(model.complete(ASK, listen())).rejects.toBe(bug)
  expect(outcomes).toEqual([])
})
