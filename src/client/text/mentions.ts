import { ASSISTANT } from '../../protocol/events.ts'
import { parseBlocks, splitBlocks } from './parse.ts'
import type { Inline, Reading } from './parse.ts'

// PROTOCOL §9: more mentions than this are refused.
const MOST_MENTIONS = 20

/** The members whom a text mentions, each once. The server finds the assistant by itself. */
export function mentionsIn(text: string, reading: Reading): readonly string[] {
  const found = new Set<string>()
  const collect = (inlines: readonly Inline[]): void => {
    for (const inline of inlines) {
      if (inline.is === 'mention' && inline.member !== ASSISTANT) found.add(inline.member)
      if (inline.is === 'bold') collect(inline.inlines)
    }
  }
  for (const block of splitBlocks(text).flatMap((piece) => parseBlocks(piece, reading))) {
    if (block.is === 'list') block.items.forEach(collect)
    else if (block.is === 'paragraph' || block.is === 'heading') collect(block.inlines)
  }
  return [...found].slice(0, MOST_MENTIONS)
}
