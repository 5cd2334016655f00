import { encodeBase64Url } from 'hono/utils/encode'

import { digestOf } from './digest.ts'

// 128 bits: nobody guesses one, and two never meet. They are 22 characters in base64url.
const RANDOM_BYTES = 16
const RANDOM_CHARS = 22

/** What the id of a group looks like; nothing else ever names an object. */
export const GROUP_ID = /^g_[\w-]{22}$/

/** What the id of a person looks like; sign-ins from elsewhere may bring their own. */
export const MEMBER_ID = /^m_[\w-]{1,64}$/

/** 128 random bits as 22 characters that need no escaping anywhere. */
export function newSecret(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)))
}

export function newGroupId(): string {
  return `g_${newSecret()}`
}

export function newMemberId(): string {
  return `m_${newSecret()}`
}

/**
 * The member id of a token's subject. One that is a member id stays as it is; any other (a mail
 * address, a number, a URL) becomes `m_` and the first 132 bits of its SHA-256, the same every time.
 */
export async function toMemberId(subject: string): Promise<string> {
  if (MEMBER_ID.test(subject)) return subject
  return `m_${toBase64Url(await digestOf(subject)).slice(0, RANDOM_CHARS)}`
}

function toBase64Url(bytes: Uint8Array<ArrayBuffer>): string {
  return encodeBase64Url(bytes.buffer).replaceAll('=', '')
}
