/** What the link hears from one socket. After `onClose` it hears nothing more. */
export interface SocketListener {
  onText(text: string): void
  onClose(code: number): void
}

/** One open socket, as little of it as the link needs. */
export interface Socket {
  send(text: string): void
  close(): void
}

export type OpenSocket = (
  url: string,
  protocols: readonly string[],
  listener: SocketListener,
) => Socket

/** Opens the platform's own WebSocket: browsers and Node 22 or later have one. */
export const openWebSocket: OpenSocket = (url, protocols, listener) => {
  const socket = new WebSocket(url, [...protocols])
  socket.addEventListener('message', (event) => {
    if (typeof event.data === 'string') listener.onText(event.data)
  })
  socket.addEventListener('close', (event) => listener.onClose(event.code))
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    close: () => socket.close(),
  }
}
