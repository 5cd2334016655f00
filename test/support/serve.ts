import { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { join } from 'node:path'

import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'

import { bundle } from './bundle.ts'
import type { ArchivedObject, Asked, ServeOptions, Told } from './server.ts'

// The child process behind `startServer`: one Miniflare, told what to do over IPC.

const WORKER = 'parley'

let workerd: ChildProcess | undefined
subscribe('child_process', (message) => {
  if (!(message instanceof Object && 'process' in message)) return
  const started = message.process
  // It is told before the process has a name.
  setImmediate(() => {
    if (started instanceof ChildProcess && /workerd/.test(started.spawnfile)) workerd = started
  })
})

async function start(options: ServeOptions): Promise<Miniflare> {
  const { directory, options: worker, vars } = await bundle()
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: options.port,
      cf: false,
      logRequests: false,
      resourcePersistencePath: options.persistTo,
      log: new Log(LogLevel.WARN),
      handleStructuredLogs: ({ level, message }) => console.log(`${level} ${message}`),
      workers: [
        {
          ...worker,
          name: WORKER,
          bindings: { ...vars, ...options.vars },
          modules: [{ type: 'ESModule', path: join(directory, 'worker.js') }],
          modulesRoot: directory,
        },
      ],
    }),
  )
  const url = await miniflare.ready
  tell({ told: 'ready', url: url.origin, workerd: workerd?.pid })
  return miniflare
}

async function archived(miniflare: Miniflare): Promise<readonly ArchivedObject[]> {
  const bucket = await miniflare.getR2Bucket('ARCHIVE', WORKER)
  const { objects } = await bucket.list()
  return await Promise.all(
    objects.map(async ({ key }) => {
      const object = await bucket.get(key)
      return { key, text: (await object?.text()) ?? '' }
    }),
  )
}

async function emptyArchive(miniflare: Miniflare): Promise<void> {
  const bucket = await miniflare.getR2Bucket('ARCHIVE', WORKER)
  const { objects } = await bucket.list()
  await bucket.delete(objects.map(({ key }) => key))
}

function tell(told: Told): void {
  process.send?.(told)
}

let running: Promise<Miniflare> | undefined

async function obey(asked: Asked): Promise<void> {
  switch (asked.ask) {
    case 'start':
      running = start(asked.options)
      await running
      return
    case 'archive':
      if (running) tell({ told: 'archive', objects: await archived(await running) })
      return
    case 'emptyArchive':
      if (running) await emptyArchive(await running)
      tell({ told: 'archive', objects: [] })
      return
    case 'stop':
      await (await running)?.dispose()
      process.exit(0)
  }
}

process.on('message', (asked: Asked) => {
  obey(asked).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})

// Whoever started this process is gone, however that came about.
process.on('disconnect', () => {
  workerd?.kill('SIGKILL')
  process.exit(1)
})
