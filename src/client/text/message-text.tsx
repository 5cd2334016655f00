import { Fragment } from 'preact'
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'

import { ASSISTANT } from '../../protocol/events.ts'
import { parseBlocks, splitBlocks } from './parse.ts'
import type { Block, Inline, Reading } from './parse.ts'

interface TextProps {
  readonly text: string
  readonly reading: Reading
  /** Shows `#132`, where that can be gone to; without it a number is just a number. */
  readonly reference?: ((seq: number) => ComponentChildren) | undefined
}

/** A message's text as elements. No HTML is ever made from a string, so none can be slipped in. */
export function MessageText({ text, ...rest }: TextProps) {
  const pieces = splitBlocks(text)
  // Pieces only ever grow at the end, so a number is a lasting key.
  return pieces.map((piece, index) => <Piece key={index} text={piece} {...rest} />)
}

// While a reply is being written, every piece but its last keeps its elements as they are.
function Piece({ text, reading, reference }: TextProps) {
  return useMemo(
    () => parseBlocks(text, reading).map((block) => toElement(block, reference)),
    [text, reading, reference],
  )
}

function toElement(block: Block, reference: TextProps['reference']) {
  const show = (inlines: readonly Inline[]) => <Inlines inlines={inlines} reference={reference} />
  switch (block.is) {
    case 'paragraph':
      return <p>{show(block.inlines)}</p>
    case 'heading':
      return (
        <p>
          <strong>{show(block.inlines)}</strong>
        </p>
      )
    case 'quote':
      return <blockquote>{show(block.inlines)}</blockquote>
    case 'code':
      return (
        <pre tabIndex={0} data-language={block.language}>
          <code>{block.text}</code>
        </pre>
      )
    case 'list': {
      const items = block.items.map((inlines) => <li>{show(inlines)}</li>)
      return block.start === null ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>
    }
  }
}

interface InlinesProps {
  readonly inlines: readonly Inline[]
  readonly reference: TextProps['reference']
}

function Inlines({ inlines, reference }: InlinesProps) {
  return inlines.map((inline) => toInlineElement(inline, reference))
}

function toInlineElement(inline: Inline, reference: TextProps['reference']) {
  switch (inline.is) {
    case 'text':
      return inline.text
    case 'break':
      return <br />
    case 'code':
      return <code>{inline.text}</code>
    case 'bold':
      return (
        <strong>
          <Inlines inlines={inline.inlines} reference={reference} />
        </strong>
      )
    case 'link':
      return (
        <a href={inline.href} target="_blank" rel="noopener noreferrer nofollow ugc">
          {inline.text}
        </a>
      )
    case 'mention':
      return (
        <span class={inline.member === ASSISTANT ? 'mention assistant' : 'mention'}>
          {inline.text}
        </span>
      )
    case 'reference':
      return <Fragment>{reference?.(inline.seq) ?? `#${inline.seq}`}</Fragment>
  }
}
