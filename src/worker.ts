import type { Env } from './env.ts'
import { consume } from './jobs/consumer.ts'
import type { Job } from './jobs/job.ts'
import { app } from './worker/app.ts'

export { Group } from './group/group.ts'
export { Member } from './group/member.ts'
export { ModelHealth } from './model/health.ts'
export { Operations } from './ops/operations.ts'

export default { fetch: app.fetch, queue: consume } satisfies ExportedHandler<Env, Job>
