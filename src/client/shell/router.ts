import { signal } from '@preact/signals'

export type Route =
  | { readonly at: 'landing' }
  | { readonly at: 'join'; readonly code: string }
  | { readonly at: 'room'; readonly group: string }
  | { readonly at: 'ops' }
  | { readonly at: 'lost' }

/** The screen that the address bar names. */
export const route = signal<Route>(toRoute(location))

/** Follows the back and forward buttons, and links inside the app without loading the page anew. */
export function startRouter(): void {
  const follow = () => {
    route.value = toRoute(location)
  }
  addEventListener('popstate', follow)
  addEventListener('hashchange', follow)
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
    if (link === null || !isPlain || event.defaultPrevented) return
    if (link.target !== '' || link.origin !== location.origin) return
    event.preventDefault()
    goTo(link.pathname + link.hash)
  })
}

/** Shows another screen. `replaces` leaves no way back, as after an invite is used up. */
export function goTo(path: string, options: { readonly replaces?: boolean } = {}): void {
  const url = new URL(path, location.href)
  // A language that was asked for in the address stays in force from screen to screen.
  const asked = new URLSearchParams(location.search).get('lang')
  if (asked !== null) url.searchParams.set('lang', asked)
  if (options.replaces === true) history.replaceState(null, '', url)
  else history.pushState(null, '', url)
  route.value = toRoute(url)
}

/** The path of a group's room. */
export function pathOf(group: string): string {
  return `/g/${encodeURIComponent(group)}`
}

function toRoute({ pathname, hash }: { readonly pathname: string; readonly hash: string }): Route {
  if (pathname === '/') return { at: 'landing' }
  if (pathname === '/join') return { at: 'join', code: decoded(hash.slice(1)) }
  if (pathname === '/ops') return { at: 'ops' }
  const group = /^\/g\/([^/]+)\/?$/.exec(pathname)?.[1]
  return group === undefined ? { at: 'lost' } : { at: 'room', group: decoded(group) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
