import { generate } from 'lean-qr'

// The margin that readers need, in modules.
const QUIET = 4

/** A text as a square that a camera reads. Dark on light in both themes: not every reader knows the reverse. */
export function Qr({ text, name }: { readonly text: string; readonly name: string }) {
  const code = generate(text)
  const { size } = code
  const side = size + 2 * QUIET
  return (
    <svg class="qr" role="img" aria-label={name} viewBox={`0 0 ${side} ${side}`}>
      <path
        d={outlineOf(size, (x, y) => code.get(x, y))}
        transform={`translate(${QUIET} ${QUIET})`}
      />
    </svg>
  )
}

// Each stretch of dark modules in a row is one rectangle.
function outlineOf(size: number, isDark: (x: number, y: number) => boolean): string {
  const parts: string[] = []
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const start = x
      while (x < size && isDark(x, y)) x += 1
      if (x > start) parts.push(`M${start} ${y}h${x - start}v1h${start - x}z`)
    }
  }
  return parts.join('')
}
