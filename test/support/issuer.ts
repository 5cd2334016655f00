import { createServer } from 'node:http'

import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** A sign-in service elsewhere: its keys over HTTP, and the tokens that it signs. */
export interface IssuerStandIn {
  /** For JWKS_URL. */
  readonly url: string
  /** How often its keys were asked for. */
  readonly loads: number
  issue(claims: Readonly<Record<string, unknown>>, seconds?: number): Promise<string>
  /** Answers nobody any more, but keeps its port: somebody else might take it meanwhile. */
  leave(): void
  comeBack(): void
  close(): Promise<void>
}

/** Starts an issuer on a free port of 127.0.0.1, with one ES256 key. */
export async function startIssuer(): Promise<IssuerStandIn> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }]
  let loads = 0
  let isAway = false
  const server = createServer((request, response) => {
    if (isAway) {
      request.destroy()
      return
    }
    loads += 1
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/keys`,
    get loads() {
      return loads
    },
    async issue(claims, seconds = 3_600) {
      const exp = Math.floor(Date.now() / 1000) + seconds
      const header = { alg: 'ES256', kid: 'one' }
      return await new SignJWT({ exp, ...claims }).setProtectedHeader(header).sign(privateKey)
    },
    leave() {
      isAway = true
    },
    comeBack() {
      isAway = false
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
