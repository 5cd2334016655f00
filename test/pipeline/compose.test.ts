import { describe, expect, it } from 'vitest'

import { compose, together } from '../../src/pipeline/compose.ts'
import type { Handler } from '../../src/pipeline/compose.ts'
import { calm } from './calm.ts'
import { turnOf } from './turn.ts'

const sources = import.meta.glob('./calm.ts', { query: '?raw', import: 'default', eager: true })
const pages = import.meta.glob('../../docs/handlers.md', {
  query: '?raw',
  import: 'default',
  eager: true,
})

function note(name: string, notes: string[]): Handler {
  return async (_, next) => {
    notes.push(`${name} in`)
    await next()
    notes.push(`${name} out`)
  }
}

describe('compose', () => {
  it('runs handlers in the order of the list, and out again', async () => {
    const notes: string[] = []
    await compose([note('a', notes), note('b', notes)])(turnOf('x'))
    expect(notes).toEqual(['a in', 'b in', 'b out', 'a out'])
  })

  it('goes no further than a handler that does not call next', async () => {
    const notes: string[] = []
    await compose([() => {}, note('b', notes)])(turnOf('x'))
    expect(notes).toEqual([])
  })

  it('has run every handler that waits for nothing when it returns', () => {
    const notes: string[] = []
    void compose([note('a', notes), note('b', notes), () => void notes.push('end')])(turnOf('x'))
    expect(notes).toEqual(['a in', 'b in', 'end'])
  })

  it('names a handler that calls next twice', async () => {
    async function eager(_: unknown, next: () => Promise<void>) {
      await next()
      await next()
    }
    await expect(compose([eager])(turnOf('x'))).rejects.toThrow('eager called next twice')
  })
})

describe('together', () => {
  it('runs handlers side by side and goes on when all are done', async () => {
    const gate = Promise.withResolvers<void>()
    const notes: string[] = []
    const slow: Handler = async () => {
      await gate.promise
      notes.push('slow')
    }
    const quick: Handler = () => {
      notes.push('quick')
      gate.resolve()
    }
    await compose([together(slow, quick), note('next', notes)])(turnOf('x'))
    expect(notes).toEqual(['quick', 'slow', 'next in', 'next out'])
  })

  it('lets one fail alone and says which', async () => {
    const turn = turnOf('x')
    const notes: string[] = []
    function broken(): never {
      throw new Error('no')
    }
    await compose([together(broken, note('well', notes)), note('next', notes)])(turn)
    expect(turn.faults).toMatchObject([{ handler: 'broken' }])
    expect(notes).toContain('next in')
  })
})

describe('the handler in docs/handlers.md', () => {
  it.each([
    ['WHY IS NOBODY ANSWERING', 'why is nobody answering'],
    ['Why is nobody answering', 'Why is nobody answering'],
    ['OK', 'OK'],
    ['为什么没有人回答我的问题呢', '为什么没有人回答我的问题呢'],
  ])('turns %s into %s', async (loud, quiet) => {
    const turn = turnOf(loud)
    await compose([calm(10)])(turn)
    expect(turn.text).toBe(quiet)
  })

  it('is shown there as it is', () => {
    const [source] = Object.values(sources)
    const [page] = Object.values(pages)
    expect(page).toContain(source)
  })
})
