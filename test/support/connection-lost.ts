/** The socket closed, or never opened, while somebody waited for a frame. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}

/** Resolves with the first message; rejects where the socket does not get that far. */
export async function firstMessage(socket: WebSocket, withinMs: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => reject(new ConnectionLost(why))
    const late = setTimeout(() => fail(`no welcome in ${withinMs} ms`), withinMs)
    const settle = (done: () => void): (() => void) => {
      return () => {
        clearTimeout(late)
        done()
      }
    }
    socket.addEventListener('message', settle(resolve), { once: true })
    socket.addEventListener(
      'error',
      settle(() => fail('the upgrade was refused')),
    )
    socket.addEventListener('close', ({ code }) => settle(() => fail(`closed with ${code}`))())
  })
}
