import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Json } from 'miniflare'
import type { SourcelessWorkerOptions } from 'wrangler'

/** The worker as wrangler builds it, and what wrangler.toml says about running it. */
export interface Bundle {
  readonly directory: string
  readonly options: SourcelessWorkerOptions
  /** The `[vars]` of wrangler.toml; what a developer keeps in .dev.vars is not for tests. */
  readonly vars: Readonly<Record<string, Json>>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const INPUTS = [
  'test/support/bundle.ts',
  'src/**/*',
  'public/*',
  'wrangler.toml',
  'package-lock.json',
]

/**
 * Builds the worker with wrangler, once for each state of the sources. The `[build]` of wrangler.toml
 * is left out: the browser app comes from `npm run build`, and most tests do without it.
 */
export async function bundle(): Promise<Bundle> {
  const cache = join(root, '.wrangler', 'test-bundles')
  const directory = join(cache, fingerprint())
  const optionsPath = join(directory, 'options.json')
  if (!existsSync(optionsPath)) {
    mkdirSync(cache, { recursive: true })
    await build(directory, join(cache, `building-${randomUUID()}`))
  }
  return { directory, ...JSON.parse(readFileSync(optionsPath, 'utf8')) }
}

function fingerprint(): string {
  const hash = createHash('sha256')
  const files = globSync(INPUTS, { cwd: root, withFileTypes: true, exclude: ['src/client/**'] })
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
  for (const path of paths.toSorted()) hash.update(path).update('\0').update(readFileSync(path))
  return hash.digest('hex').slice(0, 16)
}

async function build(directory: string, workshop: string): Promise<void> {
  const { unstable_readConfig, unstable_getMiniflareWorkerOptions } = await import('wrangler')
  const config = unstable_readConfig(
    { config: join(root, 'wrangler.toml') },
    { hideWarnings: true },
  )
  const { workerOptions } = unstable_getMiniflareWorkerOptions({ ...config, secrets: undefined })

  mkdirSync(workshop)
  const { name, main, compatibility_date, compatibility_flags, rules, define, alias } = config
  const bundling = { name, main, compatibility_date, compatibility_flags, rules, define, alias }
  writeFileSync(join(workshop, 'wrangler.json'), JSON.stringify(bundling))
  await runWrangler(workshop)
  writeFileSync(
    join(workshop, 'options.json'),
    JSON.stringify({ options: workerOptions, vars: config.vars }),
  )
  try {
    renameSync(workshop, directory)
  } catch (cause) {
    // Someone else was faster; theirs is the same.
    rmSync(workshop, { recursive: true })
    if (!existsSync(directory)) throw cause
  }
}

async function runWrangler(workshop: string): Promise<void> {
  const wrangler = fileURLToPath(import.meta.resolve('wrangler'))
  const flags = ['--dry-run', '--outdir', workshop, '--config', join(workshop, 'wrangler.json')]
  const child = spawn(process.execPath, ['--no-warnings', wrangler, 'deploy', ...flags], {
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`wrangler could not bundle src/worker.ts:\n${said}`)
}
