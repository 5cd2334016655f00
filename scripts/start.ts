import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

// `npm start -- --port 8800 --persist-to DIR --var NAME:VALUE`: all of Parley on this machine.

const root = fileURLToPath(new URL('..', import.meta.url))

/** What keeps wrangler from calling home, asking questions and complaining that it is offline. */
const QUIET = {
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  DO_NOT_TRACK: '1',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_SEND_METRICS: 'false',
  X_LOCAL_EXPLORER: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
}

// Whoever kills this process for good must not leave a server behind on the port.
const DIE_WITH_PARENT = 'data:text/javascript,process.on("disconnect",()=>process.exit(1))'

const PARENT_CHECK_MS = 500

function main(): void {
  if (!existsSync(`${root}node_modules/wrangler`)) {
    console.log('Parley is not installed yet: run npm ci first.')
    process.exitCode = 1
    return
  }
  writeSecrets(`${root}.dev.vars`)
  serve(process.argv.slice(2))
}

/** Random secrets for a first start; a file that is there is never touched. */
function writeSecrets(path: string): void {
  if (existsSync(path)) return
  const names = ['SESSION_SECRET', 'OPERATOR_TOKEN']
  const lines = names.map((name) => `${name}=${randomBytes(32).toString('base64url')}\n`)
  writeFileSync(path, lines.join(''), { mode: 0o600, flag: 'wx' })
  console.log('Wrote .dev.vars with fresh secrets; OPERATOR_TOKEN in it opens /ops.')
}

function serve(flags: readonly string[]): void {
  const wrangler = spawn(
    process.execPath,
    [
      '--no-warnings',
      '--import',
      DIE_WITH_PARENT,
      fileURLToPath(import.meta.resolve('wrangler')),
      'dev',
      ...withDefault(flags, '--ip', '127.0.0.1'),
      ...withDefault(flags, '--port', '8787'),
      ...flags,
    ],
    {
      cwd: root,
      env: { ...process.env, ...QUIET, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  )
  const isNoise = createNoiseFilter()
  if (wrangler.stdout) {
    createInterface(wrangler.stdout).on('line', (line) => {
      if (!isNoise(line)) console.log(line)
    })
  }
  wrangler.on('message', (message) => void announce(message))
  wrangler.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 0)
  })
  // npm passes a signal on to its shell, which dies of it without a word to us.
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.env['npm_lifecycle_event'] && process.ppid !== parent) wrangler.kill('SIGTERM')
  }, PARENT_CHECK_MS)
  watch.unref()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => wrangler.kill(signal))
  }
}

function withDefault(flags: readonly string[], name: string, value: string): readonly string[] {
  return flags.some((flag) => flag === name || flag.startsWith(`${name}=`)) ? [] : [name, value]
}

/** Wrangler reports over IPC where it listens; it is worth saying once the worker itself answers. */
async function announce(message: unknown): Promise<void> {
  if (typeof message !== 'string' || !message.includes('DEV_SERVER_READY')) return
  const { ip, port }: { ip: string; port: number } = JSON.parse(message)
  const url = `http://${ip === '0.0.0.0' || ip === '*' ? '127.0.0.1' : ip}:${port}`
  const answer = await fetch(`${url}/api/health`).catch(() => null)
  if (answer?.ok) {
    console.log(`\nParley 圆桌 is at the table: open ${url} in a browser. Ctrl+C ends it.\n`)
    return
  }
  const said: unknown = await answer?.json().catch(() => null)
  const problem = said instanceof Object && 'problem' in said ? String(said.problem) : 'see above'
  const status = answer?.status ?? 'nothing'
  console.log(`\nParley listens at ${url}, but /api/health answers ${status}: ${problem}.\n`)
}

/** Wrangler prints its table of bindings twice before anyone can see where to go. */
function createNoiseFilter(): (line: string) => boolean {
  let inTable = false
  return function isNoise(line) {
    if (line.startsWith('Your Worker has access to the following bindings')) inTable = true
    if (inTable) {
      inTable = line.trim() !== ''
      return true
    }
    return (
      line.includes('⎔') ||
      line.trim() === '[custom build]' ||
      line.includes('[wrangler:info] Ready on')
    )
  }
}

main()
