import type { Reporter } from 'vitest/node'

import { leakIn } from './canary.ts'

type Log = Parameters<NonNullable<Reporter['onUserConsoleLog']>>[0]

/**
 * Fails a run in which anything was printed that must not be, whatever its tests say: by a test, by
 * what it tests, or by the runtime below both.
 */
export default class CanaryReporter implements Reporter {
  readonly #leaks: string[] = []

  onInit(): void {
    for (const stream of [process.stdout, process.stderr]) this.#listenTo(stream)
  }

  // Not everything that is logged is also printed; `--silent` prints none of it.
  onUserConsoleLog({ content }: Log): void {
    this.#look(content)
  }

  onTestRunEnd(): void {
    if (this.#leaks.length === 0) return
    process.exitCode = 1
    const list = this.#leaks.splice(0).join('\n---\n')
    throw new Error(`printed during the tests, and should have been by none:\n${list}`)
  }

  #listenTo(stream: NodeJS.WriteStream): void {
    const write = stream.write.bind(stream)
    Object.assign(stream, {
      write: (...args: Parameters<typeof write>) => {
        this.#look(String(args[0]))
        return write(...args)
      },
    })
  }

  #look(text: string): void {
    const leak = leakIn(text)
    if (leak !== undefined) this.#leaks.push(leak)
  }
}
