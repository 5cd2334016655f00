/**
 * Everything that can be logged. The union is the catalogue and the allow-list: ids, counts, codes
 * and durations – never what people wrote, a prompt, a token or a key.
 */
export type LogLine =
  | { readonly event: 'http.failed'; readonly ref: string; readonly route: string }
  | {
      readonly event: 'group.failed'
      readonly group: string
      readonly at: string
      readonly ref: string
    }
  | { readonly event: 'alarm.failed'; readonly group: string; readonly reason: string }
  | { readonly event: 'alarm.stalled'; readonly group: string; readonly runs: number }
  | { readonly event: 'job.failed'; readonly kind: string; readonly attempts: number }
  | { readonly event: 'job.dead'; readonly kind: string }
  | { readonly event: 'reply.failed'; readonly group: string; readonly reply: number }
  | {
      readonly event: 'model.failed'
      readonly endpoint: string
      readonly kind: string
      readonly status?: number
    }
  | { readonly event: 'model.breaker'; readonly endpoint: string; readonly to: 'open' | 'closed' }
  | { readonly event: 'handler.failed'; readonly group: string; readonly handler: string }
  | { readonly event: 'config.invalid'; readonly name: string }

/** Writes one structured line. Of a fault it keeps the class and the places it passed, not its words. */
export function log(line: LogLine, fault?: unknown): void {
  if (fault === undefined) console.log(JSON.stringify(line))
  else console.error(JSON.stringify({ ...line, fault: outlineOf(fault) }))
}

// An error's message may quote its input (JSON.parse does), so only its name and frames are kept.
function outlineOf(fault: unknown): { name: string; at: string[] } {
  if (!(fault instanceof Error)) return { name: typeof fault, at: [] }
  const frames = (fault.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return { name: fault.name, at: frames.slice(0, 4).map((line) => line.trim()) }
}
