import { useEffect } from 'preact/hooks'

import { PageTop } from './brand.tsx'
import { words } from './language.ts'

interface MessagePageProps {
  readonly heading: string
  readonly text: string
}

/** A screen that has only one thing to say, and the way home. */
export function MessagePage({ heading, text }: MessagePageProps) {
  useEffect(() => {
    document.title = `${heading} – Parley 圆桌`
  }, [heading])
  return (
    <div class="page narrow">
      <PageTop />
      <main class="card">
        <h1>{heading}</h1>
        <p>{text}</p>
        <p>
          <a href="/">{words.value.closed.home}</a>
        </p>
      </main>
    </div>
  )
}
