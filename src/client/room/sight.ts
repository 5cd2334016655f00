/** The seq of the lowest message that shows in a scroller; `null` when there is none. */
export function newestInSight(scroller: HTMLElement | null): number | null {
  if (scroller === null) return null
  const { bottom } = scroller.getBoundingClientRect()
  const articles = [...scroller.querySelectorAll<HTMLElement>('article[data-seq]')]
  const shown = articles.findLast((article) => article.getBoundingClientRect().top < bottom)
  return shown === undefined ? null : Number(shown.dataset['seq'])
}
