import type { Env as WorkerEnv } from '../src/env.ts'

/** What `env` and `exports` of `cloudflare:workers` are in tests that run in the runtime. */
declare global {
  namespace Cloudflare {
    interface Env extends WorkerEnv {}
    interface GlobalProps {
      mainModule: typeof import('../src/worker.ts')
    }
  }
}
