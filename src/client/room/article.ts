/** The element id of a message. */
export function articleId(seq: number): string {
  return `message-${seq}`
}

/** The element of a message, while it is on the page. */
export function articleOf(seq: number): HTMLElement | null {
  return document.getElementById(articleId(seq))
}

/** Moves the focus between the articles of a list, as in a list box: one of them is a tab stop. */
export function moveFocus(list: HTMLElement, key: string): boolean {
  const articles = [...list.querySelectorAll('article')]
  const at = articles.findIndex((article) => article === document.activeElement)
  if (at < 0) return false
  const next = targetOf(key, at, articles.length)
  const article = next === null ? undefined : articles[next]
  if (article === undefined) return false
  for (const other of articles) other.tabIndex = -1
  article.tabIndex = 0
  article.focus()
  return true
}

function targetOf(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowUp':
      return at - 1
    case 'ArrowDown':
      return at + 1
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}
