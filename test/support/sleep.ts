import { globSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import type { Server } from './server.ts'

/** How often the runtime's open files are looked at. */
const LOOK_MS = 50

/** Where the group's object keeps its storage, below the directory given to `startServer`. */
export function storageOf(persistTo: string, group: string): string {
  const files = globSync(join(persistTo, 'do', '*-Group', '*.sqlite*'))
  const file = files.find((name) => readFileSync(name).includes(group))
  if (file === undefined) throw new Error(`no file in ${persistTo} speaks of ${group}`)
  return file.replace(/\.sqlite.*$/, '.sqlite')
}

/**
 * Resolves, with the time of it, once the runtime has closed the storage of an object, as it does when
 * it lets the object go, and not before. Looking at it from outside wakes nothing. Needs Linux's /proc.
 */
export async function fallsAsleep(server: Server, storage: string, withinMs: number) {
  const until = Date.now() + withinMs
  while (openFiles(server.workerd).has(storage)) {
    if (Date.now() > until) throw new Error(`still awake after ${withinMs} ms`)
    await pause(LOOK_MS)
  }
  return Date.now()
}

function openFiles(pid: number): ReadonlySet<string> {
  const directory = `/proc/${pid}/fd`
  return new Set(readdirSync(directory).flatMap((name) => targetOf(join(directory, name))))
}

function targetOf(link: string): readonly string[] {
  try {
    return [readlinkSync(link)]
  } catch {
    // Closed since it was listed.
    return []
  }
}
