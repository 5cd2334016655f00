/** How often the stream looks for something new to say, in milliseconds. */
const LOOK_MS = 2

/**
 * An endpoint that says what the test tells it to. Its stream lives in the object that asked and so
 * may not be woken from the test: it looks for itself.
 */
export class ToldEndpoint {
  readonly signals: (AbortSignal | null | undefined)[] = []
  #said: string[] = []
  #isOver = false

  async fetch(_: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    this.signals.push(init?.signal)
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        while (this.#said.length === 0 && !this.#isOver) {
          init?.signal?.throwIfAborted()
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
        }
        const said = this.#said.splice(0).join('')
        if (said !== '') controller.enqueue(new TextEncoder().encode(said))
        else controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }

  says(content: string): void {
    this.#send(JSON.stringify({ choices: [{ delta: { content } }] }))
  }

  finishes(): void {
    this.#send(JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }] }))
    this.#send('[DONE]')
    this.#isOver = true
  }

  breaksOff(): void {
    this.#isOver = true
  }

  #send(data: string): void {
    this.#said.push(`data: ${data}\n\n`)
  }
}
