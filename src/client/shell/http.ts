/** The server answered, but not with what was asked for. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly code: string
  /** What to tell the operator, where the fault is the server's. */
  readonly ref: string

  constructor(status: number, code: string, ref: string) {
    super(`${status} ${code}`)
    this.status = status
    this.code = code
    this.ref = ref
  }
}

type Fields = Readonly<Record<string, unknown>>

/** Asks the server for something; `read` makes sure that the answer is what it should be. */
export function get<T>(
  path: string,
  read: (fields: Fields) => T,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  return request(path, { headers }, read)
}

/** Has the server do something. */
export function post<T>(path: string, body: object, read: (fields: Fields) => T): Promise<T> {
  return send('POST', path, body, read)
}

/** The same for any method; `null` is no body. */
export function send<T>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body: object | null,
  read: (fields: Fields) => T,
): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  return request(path, { method, headers, body: body === null ? null : JSON.stringify(body) }, read)
}

async function request<T>(
  path: string,
  init: RequestInit,
  read: (fields: Fields) => T,
): Promise<T> {
  const response = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init })
  const fields = toFields(await response.json().catch(() => null))
  if (response.ok) return read(fields)
  const error = toFields(fields['error'])
  throw new HttpError(response.status, textOf(error['code']), textOf(error['ref']))
}

/** The fields of an object, none of anything else. */
export function toFields(value: unknown): Fields {
  return isFields(value) ? value : {}
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

/** The entries of a list as objects, none of anything else. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(toFields) : []
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
