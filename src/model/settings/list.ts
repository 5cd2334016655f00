import * as v from 'valibot'

import type { Access, Endpoint } from '../endpoint.ts'
import { addressOf, headerValue, idOf, ModelSettingError } from './variables.ts'
import { readerOf, valueOf, type Read } from './variables.ts'

const Text = v.pipe(v.string('is no text'), v.trim(), v.nonEmpty('is empty'))
const Flag = v.boolean('is neither true nor false')
const MAX_TOKENS = ['max_tokens', 'max_completion_tokens', 'none'] as const

const OAuth = v.strictObject(
  { tokenUrl: Text, clientId: Text, clientSecret: Text, scope: v.optional(Text) },
  problemOfFields,
)

const Profile = v.strictObject(
  {
    maxTokens: v.optional(v.picklist(MAX_TOKENS, `is none of ${MAX_TOKENS.join(', ')}`)),
    streamOptions: v.optional(Flag),
    alternate: v.optional(Flag),
  },
  problemOfFields,
)

const Item = v.strictObject(
  {
    name: v.optional(Text),
    baseUrl: Text,
    model: Text,
    keys: v.optional(v.pipe(v.array(Text, 'is no list'), v.nonEmpty('is empty'))),
    oauth: v.optional(OAuth),
    profile: v.optional(Profile),
  },
  problemOfFields,
)

const List = v.array(Item, 'is no list')

type Item = v.InferOutput<typeof Item>

// They open this deployment itself, and an endpoint would be sent them.
const OWN_SECRETS = new Set(['SESSION_SECRET', 'SESSION_SECRET_PREVIOUS', 'OPERATOR_TOKEN'])

/** The endpoints of the variable `MODELS`, a list or its JSON, in their order; none if it is not set. */
export function endpointsOf(variables: object): readonly Endpoint[] {
  const read = readerOf(variables)
  const text = read('MODELS')
  const raw = valueOf(variables, 'MODELS')
  if (text === undefined && (raw === undefined || typeof raw === 'string')) return []
  const value = text === undefined ? raw : jsonOf(text)
  const parsed = v.safeParse(List, value, { abortEarly: true })
  if (!parsed.success) {
    const [issue] = parsed.issues
    const path = issue.path?.map(({ key }) =>
      typeof key === 'number' ? `[${key}]` : `.${String(key)}`,
    )
    throw new ModelSettingError(`MODELS${path?.join('') ?? ''}`, issue.message)
  }
  return parsed.output.map((item, at) => toEndpoint(item, `MODELS[${at}]`, read))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What JSON.parse says of a text quotes it.
    throw new ModelSettingError('MODELS', 'is no JSON')
  }
}

function toEndpoint(item: Item, place: string, read: Read): Endpoint {
  const baseUrl = addressOf(`${place}.baseUrl`, item.baseUrl)
  return {
    id: item.name ?? idOf(baseUrl, item.model),
    baseUrl,
    model: item.model,
    access: accessOf(item, place, read),
    profile: item.profile ?? {},
  }
}

function accessOf({ keys, oauth }: Item, place: string, read: Read): Access {
  if (keys && oauth) throw new ModelSettingError(`${place}.oauth`, 'is one too many beside keys')
  if (keys) {
    return {
      kind: 'keys',
      keys: keys.map((key, at) => secretOf(`${place}.keys[${at}]`, key, read)),
    }
  }
  if (!oauth) return { kind: 'none' }
  const { clientId, scope } = oauth
  const tokenUrl = addressOf(`${place}.oauth.tokenUrl`, oauth.tokenUrl)
  const clientSecret = secretOf(`${place}.oauth.clientSecret`, oauth.clientSecret, read)
  return {
    kind: 'oauth',
    client: { tokenUrl, clientId, clientSecret, ...(scope !== undefined && { scope }) },
  }
}

// The name itself is not repeated: somebody may have put the secret in its place.
function secretOf(place: string, name: string, read: Read): string {
  if (OWN_SECRETS.has(name)) {
    throw new ModelSettingError(place, 'names a secret that is not for endpoints')
  }
  const value = read(name)
  if (value === undefined) throw new ModelSettingError(place, 'names a secret that is not set')
  return headerValue(place, value)
}

function problemOfFields({ expected, received }: v.StrictObjectIssue): string {
  if (expected === 'never') return 'is no setting that is known'
  return received === 'undefined' ? 'is missing' : 'is no object'
}
