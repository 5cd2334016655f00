import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const SOURCE = join(ROOT, 'src')

/** An import from one room of the house into another. */
interface Arrow {
  readonly from: string
  readonly to: string
  readonly isTypeOnly: boolean
  readonly file: string
}

it('lets imports follow the drawing in docs/architecture.md and no other way', () => {
  const drawn = drawnArrows()
  const strays = importArrows().filter(({ from, to, isTypeOnly }) => {
    return !drawn.has(`${from} --> ${to}`) && !(isTypeOnly && drawn.has(`${from} -.-> ${to}`))
  })
  expect(strays).toEqual([])
})

it('draws no arrow that nothing follows', () => {
  const used = new Set(importArrows().map(({ from, to }) => `${from} ${to}`))
  const idle = [...drawnArrows()].filter((arrow) => !used.has(arrow.replace(/ -.*-> | --> /, ' ')))
  expect(idle).toEqual([])
})

it('keeps Env in the doors', () => {
  const holders = sourceFiles()
    .filter((file) => /from '.*\/env\.ts'/.test(readFileSync(file, 'utf8')))
    .map((file) => relative(SOURCE, file))
    .filter((file) => !file.startsWith('worker/'))
  expect(new Set(holders)).toEqual(
    new Set([
      'group/config.ts',
      'group/elsewhere.ts',
      'group/group.ts',
      'group/room.ts',
      'jobs/consumer.ts',
      'worker.ts',
    ]),
  )
})

function drawnArrows(): ReadonlySet<string> {
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8')
  const drawing = /```mermaid\n(?<arrows>[\s\S]*?)```/.exec(page)?.groups?.['arrows'] ?? ''
  return new Set(
    [...drawing.matchAll(/^ +(\w+ (?:-->|-\.->) \w+)$/gm)].map(([, arrow]) => arrow ?? ''),
  )
}

function importArrows(): readonly Arrow[] {
  return sourceFiles().flatMap((file) => {
    const from = roomOf(file)
    const imports = readFileSync(file, 'utf8').matchAll(
      /^(?:import|export) (?<type>type )?[^'"]*?from '(?<path>\.[^']+)'/gms,
    )
    return [...imports]
      .map(({ groups }) => ({
        from,
        to: roomOf(join(file, '..', groups?.['path'] ?? '')),
        isTypeOnly: groups?.['type'] !== undefined,
        file: relative(ROOT, file),
      }))
      .filter(({ to }) => from !== to && from !== 'contents')
  })
}

// `worker.ts` is the table of contents and may name every room.
function roomOf(file: string): string {
  const [room = ''] = relative(SOURCE, file).split('/')
  return room === 'worker.ts' ? 'contents' : room.replace(/\.ts$/, '')
}

function sourceFiles(folder = SOURCE): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return sourceFiles(path)
    return /\.tsx?$/.test(name) ? [path] : []
  })
}
