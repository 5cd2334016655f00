import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { gzipSync } from 'node:zlib'

import { build } from 'vite'
import type { Rolldown } from 'vite'

// What a phone on a slow line loads before it can say something. research/ux.md has the sum.
const SCRIPT_BUDGET_BYTES = 45 * 1024
const STYLE_BUDGET_BYTES = 8 * 1024

const KEEP_MS = 60 * 60_000

// Set by wrangler, which runs this before `dev` and `deploy`.
const isDevelopment = process.env['WRANGLER_COMMAND'] === 'dev'

// Vite builds for whatever this says; a test runner says "test", and would get another app than people do.
process.env['NODE_ENV'] = 'production'

const publicUrl = new URL('../public/', import.meta.url)

interface Sizes {
  readonly scriptBytes: number
  readonly styleBytes: number
}

/** Builds the browser app into `public/`, says what it weighs, and removes what older builds left. */
async function buildApp(): Promise<string> {
  const configFile = fileURLToPath(new URL('../vite.config.ts', import.meta.url))
  const result = await build({ configFile, logLevel: 'silent' })
  const files = [result].flat().flatMap((output) => ('output' in output ? output.output : []))
  removeLeftovers(new Set(files.map(({ fileName }) => fileName)))
  const sizes = sizesOf(files)
  const complaint = complaintOf(sizes)
  if (complaint !== null && !isDevelopment) throw new Error(complaint)
  if (complaint !== null) console.warn(complaint)
  return `browser app: ${inKib(sizes.scriptBytes)} script, ${inKib(sizes.styleBytes)} style (gzip)`
}

// Everything that the page itself names; what is loaded later is not counted.
function sizesOf(files: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[]): Sizes {
  const page = readFileSync(new URL('index.html', publicUrl), 'utf8')
  const named = files.filter(({ fileName }) => page.includes(`/${fileName}`))
  const bytesOf = (ending: string) =>
    named
      .filter(({ fileName }) => fileName.endsWith(ending))
      .reduce((sum, { fileName }) => sum + zipped(fileName), 0)
  return { scriptBytes: bytesOf('.js'), styleBytes: bytesOf('.css') }
}

function zipped(fileName: string): number {
  return gzipSync(readFileSync(new URL(fileName, publicUrl)), { level: 9 }).byteLength
}

function complaintOf({ scriptBytes, styleBytes }: Sizes): string | null {
  if (scriptBytes <= SCRIPT_BUDGET_BYTES && styleBytes <= STYLE_BUDGET_BYTES) return null
  return (
    `the first load weighs ${inKib(scriptBytes)} of script and ${inKib(styleBytes)} of style; ` +
    `at most ${inKib(SCRIPT_BUDGET_BYTES)} and ${inKib(STYLE_BUDGET_BYTES)} were agreed`
  )
}

// A page that is open, or served by the version before, still asks for its own files for a while.
function removeLeftovers(fresh: ReadonlySet<string>): void {
  const app = new URL('app/', publicUrl)
  for (const name of readdirSync(app)) {
    const file = new URL(name, app)
    const isOld = Date.now() - statSync(file).mtimeMs > KEEP_MS
    if (isOld && !fresh.has(`app/${name}`)) rmSync(file)
  }
}

function inKib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`
}

// While someone develops, a page that says what is wrong beats a server that holds every request.
// It asks again by itself, so the repaired app comes without a key pressed.
function writeFailurePage(reason: string): void {
  const text = reason.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="refresh" content="2">
    <title>Parley: the browser app did not build</title>
  </head>
  <body>
    <h1>The browser app did not build</h1>
    <pre>${text}</pre>
  </body>
</html>
`
  writeFileSync(new URL('index.html', publicUrl), page)
}

try {
  console.log(await buildApp())
} catch (fault) {
  // The bundler paints its messages; a page and a log file want plain text.
  const reason = stripVTControlCharacters(fault instanceof Error ? fault.message : String(fault))
  console.error(`The browser app did not build: ${reason}`)
  if (isDevelopment) writeFailurePage(reason)
  else process.exitCode = 1
}
