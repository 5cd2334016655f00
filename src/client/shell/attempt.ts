import { useSignal } from '@preact/signals'
import type { Signal } from '@preact/signals'

/** Something that is tried on request: whether it is under way, and what went wrong last time. */
export interface Attempt {
  readonly isBusy: Signal<boolean>
  readonly cause: Signal<unknown>
  /** Tries `task`, unless it is being tried already. */
  run(task: () => Promise<void>): void
}

/** Keeps an attempt for the life of a component. */
export function useAttempt(): Attempt {
  const isBusy = useSignal(false)
  const cause = useSignal<unknown>(null)
  const run = async (task: () => Promise<void>): Promise<void> => {
    if (isBusy.value) return
    isBusy.value = true
    cause.value = null
    try {
      await task()
    } catch (fault) {
      cause.value = fault
    } finally {
      isBusy.value = false
    }
  }
  return { isBusy, cause, run: (task) => void run(task) }
}
