import { parseArgs } from 'node:util'

import { runChaos } from '../support/chaos.ts'
import { countViolations } from '../support/check-log.ts'

// npm run chaos -- --kills 5 --seconds 30 --writers 4 --seed 1

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '30' },
    writers: { type: 'string', default: '4' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const options = {
  kills: Number(values.kills),
  seconds: Number(values.seconds),
  writers: Number(values.writers),
  seed: Number(values.seed),
}
console.log(
  `${options.writers} writers, ${options.kills} kills in ${options.seconds} s, --seed ${options.seed}`,
)
const result = await runChaos({
  ...options,
  onKill: (kill, acked) => console.log(`kill ${kill} after ${acked} acknowledged messages`),
})

const { examples, ...figures } = result
console.table(figures)
for (const example of examples) console.log(example)
const violations = countViolations(result) + result.resets + result.diverged
console.log(violations === 0 ? 'every promise was kept' : `${violations} promises were broken`)
process.exitCode = violations === 0 ? 0 : 1
