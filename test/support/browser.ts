import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const DEBIAN = '/usr/bin/chromium'

interface Program {
  readonly path: string
  readonly env?: Readonly<Record<string, string>>
}

/** Builds the browser app, so that a test never looks at an older one. */
export function buildApp(): void {
  const script = fileURLToPath(new URL('../../scripts/build.ts', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

/**
 * Starts Chromium: the one that `CHROMIUM_PATH` names, else Debian's, else the one that npm brings
 * along, so that the tests run where nothing can be installed.
 */
export async function launchBrowser(): Promise<Browser> {
  const { path, env } = await findProgram()
  return chromium.launch({
    executablePath: path,
    // Containers have little shared memory, and no user that could be put in a sandbox.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    env: { ...definedEnv(), ...env },
  })
}

async function findProgram(): Promise<Program> {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') return { path: named }
  return existsSync(DEBIAN) ? { path: DEBIAN } : bundledProgram()
}

// Made for Amazon's Lambda: with its libraries and fonts beside it, it starts on any recent Linux.
// Its own flags are left out, since `--single-process` knows only one window.
async function bundledProgram(): Promise<Program> {
  const { default: bundled, inflate } = await import('@sparticuz/chromium')
  const path = await bundled.executablePath()
  const packed = new URL('../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium'))
  const libraries = join(await inflate(fileURLToPath(packed)), 'lib')
  const fonts = existsSync('/etc/fonts/fonts.conf')
    ? {}
    : { FONTCONFIG_PATH: join(tmpdir(), 'fonts') }
  const others = process.env['LD_LIBRARY_PATH']
  const search = others === undefined ? libraries : `${libraries}:${others}`
  return { path, env: { LD_LIBRARY_PATH: search, ...fonts } }
}

function definedEnv(): Record<string, string> {
  const entries = Object.entries(process.env)
  return Object.fromEntries(entries.flatMap(([name, value]) => (value ? [[name, value]] : [])))
}
