import { env, exports } from 'cloudflare:workers'

import type { Env } from '../../src/env.ts'
import type { Counts } from '../../src/ops/metrics.ts'
import { app } from '../../src/worker/app.ts'

/** Where the tests find the front door. */
export const HERE = 'https://parley.example'

/** Knocks at the front door as anybody. */
export async function visit(
  path: string,
  init: RequestInit = {},
  at: string = HERE,
): Promise<Response> {
  return exports.default.fetch(new Request(at + path, init))
}

/** Knocks at the front door of a deployment that is set up otherwise. */
export async function visitWith(
  changes: Partial<Env>,
  path: string,
  init: RequestInit = {},
  at: string = HERE,
): Promise<Response> {
  return app.fetch(new Request(at + path, init), { ...env, ...changes })
}

/** The pieces of a request with a JSON body. */
export function json(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}

/** Signs somebody in as a guest. */
export async function signIn(name: string): Promise<Visitor> {
  const response = await visit('/api/session', json({ name }))
  const { token, member } = await response.json<{ token: string; member: { id: string } }>()
  return new Visitor(member.id, token)
}

/** Somebody who is signed in, and what they ask for. */
export class Visitor {
  readonly id: string
  readonly token: string

  constructor(id: string, token: string) {
    this.id = id
    this.token = token
  }

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` }
  }

  async get(path: string): Promise<Response> {
    return visit(path, { headers: this.headers })
  }

  async post(path: string, body: unknown = {}): Promise<Response> {
    return visit(path, json(body, this.headers))
  }

  async patch(path: string, body: unknown): Promise<Response> {
    return visit(path, { ...json(body, this.headers), method: 'PATCH' })
  }

  async delete(path: string): Promise<Response> {
    return visit(path, { method: 'DELETE', headers: this.headers })
  }

  /** Founds a group and answers with its id. */
  async found(title: string): Promise<string> {
    const response = await this.post('/api/groups', { title })
    const { group } = await response.json<{ group: { id: string } }>()
    return group.id
  }
}

/** A namespace that notes whom it was asked for. */
export function watched<T extends object>(namespace: T): { namespace: T; addressed: unknown[] } {
  const addressed: unknown[] = []
  const proxy = new Proxy(namespace, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        addressed.push(args[0])
        return Reflect.apply(value, target, args)
      }
    },
  })
  return { namespace: proxy, addressed }
}

/** The object that keeps the counters, and what it hears; it can be made to fail. */
export function operations(fault?: Error): {
  namespace: Env['OPERATIONS']
  heard: Counts[]
  asked: PropertyKey[]
} {
  const heard: Counts[] = []
  const asked: PropertyKey[] = []
  async function take(counts: Counts): Promise<void> {
    heard.push(counts)
    if (fault !== undefined) throw fault
  }
  const namespace = new Proxy(env.OPERATIONS, {
    get: (target, name) =>
      name === 'getByName'
        ? (of: string) =>
            new Proxy(target.getByName(of), {
              get(stub, call) {
                asked.push(call)
                return call === 'take' ? take : Reflect.get(stub, call)
              },
            })
        : Reflect.get(target, name),
  })
  return { namespace, heard, asked }
}
