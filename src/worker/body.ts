import type { Context } from 'hono'
import * as v from 'valibot'

import type { DoorRefusal } from './refusals.ts'

/** The largest JSON body, in bytes; as much as a frame. */
export const BODY_BYTES = 64 * 1024

const JSON_TYPE = /^application\/json\s*(?:;|$)/i

/** Whether a request says that its body is JSON, which no cross-site form can say. */
export function saysJson(c: Context): boolean {
  return JSON_TYPE.test(c.req.header('content-type') ?? '')
}

type Body<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: DoorRefusal }

/** Makes a request's body trustworthy; an empty one counts as `{}`. Unknown fields are dropped. */
export async function readBody<const S extends v.GenericSchema>(
  c: Context,
  schema: S,
): Promise<Body<v.InferOutput<S>>> {
  if (!saysJson(c) && (await c.req.arrayBuffer()).byteLength > 0) {
    return no('bad_request', 'a body comes with content-type: application/json')
  }
  const text = await c.req.text()
  let value: unknown
  try {
    value = text === '' ? {} : JSON.parse(text)
  } catch {
    return no('bad_json', 'a body is one JSON object')
  }
  const parsed = v.safeParse(schema, value)
  if (parsed.success) return { ok: true, value: parsed.output }
  const place = v.getDotPath(parsed.issues[0])
  return no('bad_request', place === null ? 'a body is one JSON object' : `${place} is not valid`)
}

function no(code: DoorRefusal['code'], message: string): Body<never> {
  return { ok: false, refusal: { code, message } }
}

/** A whole number between two others, both included. */
export function wholeNumber(least: number, most: number) {
  return v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most))
}
