import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { canaryFor, leakIn } from './canary.ts'

export interface StartOptions {
  /** Variables and secrets on top of wrangler.toml and `TEST_VARS`. */
  readonly vars?: Readonly<Record<string, string>>
  /** Where storage lives; a directory of its own, removed at `stop`, where none is given. */
  readonly persistTo?: string
  /** A port on 127.0.0.1; any free one where none is given. */
  readonly port?: number
}

/** A whole Parley in a process of its own. */
export interface Server {
  readonly url: string
  /** The Node process. */
  readonly pid: number
  /** The runtime below it, where the worker runs. */
  readonly workerd: number
  /** Ends it. Fails, as `kill` does, where it printed a secret or a text of the tests; see canary.ts. */
  stop(): Promise<void>
  /** SIGKILL to Node and workerd: what they had not made durable is gone. */
  kill(): Promise<void>
  /** Everything that the process and the worker logged so far. */
  output(): string
  /** What lies in the archive bucket. */
  archive(): Promise<readonly ArchivedObject[]>
  /** Removes everything from the archive bucket, behind the back of the worker. */
  emptyArchive(): Promise<void>
}

export interface ArchivedObject {
  readonly key: string
  readonly text: string
}

export interface ServeOptions {
  readonly vars: Readonly<Record<string, string>>
  readonly persistTo: string
  readonly port: number
}

/** What the parent says to the child process. */
export type Asked =
  | { readonly ask: 'start'; readonly options: ServeOptions }
  | { readonly ask: 'archive' }
  | { readonly ask: 'emptyArchive' }
  | { readonly ask: 'stop' }

/** What the child process says to its parent. */
export type Told =
  | { readonly told: 'ready'; readonly url: string; readonly workerd: number | undefined }
  | { readonly told: 'archive'; readonly objects: readonly ArchivedObject[] }

/** What every test server runs with. */
export const TEST_VARS = {
  SESSION_SECRET: canaryFor('a secret of 32 characters'),
  OPERATOR_TOKEN: canaryFor('an operator token'),
  LIMIT_ADDRESS_PER_MINUTE: '6000',
}

// The first start after a change bundles the worker; on two busy cores that takes a while.
const START_MS = 45_000
const STOP_MS = 10_000

/** Starts Parley from this checkout and resolves when `/api/health` answers 200. */
export async function startServer(options: StartOptions = {}): Promise<Server> {
  const persistTo = options.persistTo ?? mkdtempSync(join(tmpdir(), 'parley-'))
  const child = spawn(process.execPath, [fileURLToPath(new URL('serve.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (said += text))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))

  const ready = listen(child, 'ready', START_MS, () => said)
  const vars = { ...TEST_VARS, ...options.vars }
  ask(child, { ask: 'start', options: { vars, persistTo, port: options.port ?? 0 } })
  const { url, workerd } = await ready.catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })
  if (child.pid === undefined || workerd === undefined) throw new Error(`no process:\n${said}`)
  const { pid } = child
  const runtime = workerd

  function killBoth(): void {
    end(pid)
    end(runtime)
  }

  async function kill(): Promise<void> {
    killBoth()
    await exited
    while (isAlive(runtime)) await pause(2)
    expectNoLeak()
  }

  async function stop(): Promise<void> {
    if (child.connected) ask(child, { ask: 'stop' })
    const timer = setTimeout(() => killBoth(), STOP_MS)
    await exited
    clearTimeout(timer)
    if (options.persistTo === undefined) rmSync(persistTo, { recursive: true, force: true })
    expectNoLeak()
  }

  function expectNoLeak(): void {
    const leak = leakIn(said)
    if (leak !== undefined) throw new Error(`the server printed what it must not: ${leak}`)
  }

  async function archive(how: 'archive' | 'emptyArchive'): Promise<readonly ArchivedObject[]> {
    const answer = listen(child, 'archive', STOP_MS, () => said)
    ask(child, { ask: how })
    return (await answer).objects
  }

  const health = await fetch(`${url}/api/health`)
  if (health.status !== 200) {
    await kill()
    throw new Error(`/api/health answered ${health.status} ${await health.text()}\n${said}`)
  }
  return {
    url,
    pid,
    workerd: runtime,
    stop,
    kill,
    output: () => said,
    archive: async () => await archive('archive'),
    async emptyArchive() {
      await archive('emptyArchive')
    },
  }
}

function ask(child: ChildProcess, asked: Asked): void {
  child.send(asked)
}

/** The next word of one kind from the child; its whole log, where it dies or stays silent. */
async function listen<K extends Told['told']>(
  child: ChildProcess,
  kind: K,
  withinMs: number,
  output: () => string,
): Promise<Extract<Told, { told: K }>> {
  return await new Promise((resolve, reject) => {
    const settle = (done: () => void): void => {
      clearTimeout(timer)
      child.off('message', onMessage)
      child.off('exit', onExit)
      done()
    }
    const fail = (why: string): void =>
      settle(() => reject(new Error(`waiting for '${kind}', the server ${why}:\n${output()}`)))
    const onExit = (): void => fail('ended')
    const onMessage = (told: Told): void => {
      if (isOf(kind, told)) settle(() => resolve(told))
    }
    const timer = setTimeout(() => fail(`was silent for ${withinMs} ms`), withinMs)
    child.on('message', onMessage)
    child.once('exit', onExit)
  })
}

function isOf<K extends Told['told']>(kind: K, told: Told): told is Extract<Told, { told: K }> {
  return told.told === kind
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It was gone already.
  }
}

// A killed process may stay listed as a zombie until its new parent notices; it holds no files then.
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const status = `/proc/${pid}/stat`
  return !existsSync(status) || !/\) Z /.test(readFileSync(status, 'utf8'))
}
