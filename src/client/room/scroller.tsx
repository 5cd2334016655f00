import type { Signal } from '@preact/signals'
import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

// The list runs from bottom to top (`column-reverse`), so the browser itself keeps the end in sight
// while text grows there, and the place when older pages come. `scrollTop` is 0 at the end and
// negative above; nothing outside this file needs to know.
const END_PX = 32
const NEAR_START_PX = 800

/** Brings the newest entry into sight. */
export function scrollToEnd(scroller: HTMLElement | null): void {
  scroller?.scrollTo({ top: 0 })
}

interface ScrollerProps {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly label: string
  readonly isAtEnd: Signal<boolean>
  /** What is on the page changed: whether the start is near may have changed with it. */
  readonly version: unknown
  readonly onNearStart: () => void
  readonly onScroll: () => void
  readonly children: ComponentChildren
}

/** A scrolling column that stays where its reader is. */
export function Scroller(props: ScrollerProps) {
  const { scroller, label, isAtEnd, version, onNearStart, onScroll, children } = props
  const askNearStart = () => {
    const element = scroller.current
    if (element === null) return
    const above = element.scrollHeight - element.clientHeight + element.scrollTop
    if (above < NEAR_START_PX) onNearStart()
  }
  useEffect(askNearStart, [version])
  useAnchor(scroller, isAtEnd)
  return (
    <div
      ref={scroller}
      class="scroller"
      // Without it the keyboard could not scroll where nothing inside takes the focus.
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={(event) => {
        isAtEnd.value = event.currentTarget.scrollTop > -END_PX
        askNearStart()
        onScroll()
      }}
    >
      {children}
    </div>
  )
}

// Safari before 27 has no scroll anchoring: the first row in sight is put back where it was.
function useAnchor(scroller: RefObject<HTMLDivElement | null>, isAtEnd: Signal<boolean>): void {
  const anchor = useRef<{ row: Element; top: number } | null>(null)
  useEffect(() => {
    const element = scroller.current
    const list = element?.firstElementChild
    if (element === null || !list || CSS.supports('overflow-anchor', 'auto')) return undefined
    const remember = () => {
      const top = element.getBoundingClientRect().top
      const row = [...list.children].find((child) => child.getBoundingClientRect().bottom > top)
      anchor.current = row === undefined ? null : { row, top: row.getBoundingClientRect().top }
    }
    const observer = new ResizeObserver(() => {
      const kept = anchor.current
      if (isAtEnd.value || kept === null || !kept.row.isConnected) return
      element.scrollTop += kept.row.getBoundingClientRect().top - kept.top
    })
    element.addEventListener('scroll', remember, { passive: true })
    observer.observe(list)
    return () => {
      element.removeEventListener('scroll', remember)
      observer.disconnect()
    }
  }, [])
}
