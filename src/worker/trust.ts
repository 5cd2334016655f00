import type { Env } from '../env.ts'
import { isKeyAddress, keysAt } from './issuer.ts'
import type { Issuer } from './issuer.ts'
import { isSecret } from './keys.ts'
import type { DoorRefusal } from './refusals.ts'

/** What a deployment signs with, and whose signatures it believes. */
export interface Trust {
  /** Signs sessions and tickets. */
  readonly secret: string
  /** What they are believed of: the secret, and the one before it while that is still named. */
  readonly secrets: readonly string[]
  /** Whose tokens sign people in as well. */
  readonly issuer: Issuer | undefined
}

/** Reads what a deployment trusts; a refusal that names the variable, where one is worth nothing. */
export function trustOf(env: Env): Trust | DoorRefusal {
  const { SESSION_SECRET: secret, SESSION_SECRET_PREVIOUS: previous = '', JWKS_URL = '' } = env
  if (!isSecret(secret)) {
    return unusable('set the secret SESSION_SECRET to at least 32 random characters')
  }
  if (previous !== '' && !isSecret(previous)) {
    return unusable('SESSION_SECRET_PREVIOUS has less than 32 characters; correct or remove it')
  }
  if (JWKS_URL !== '' && !isKeyAddress(JWKS_URL)) {
    return unusable('JWKS_URL is no https address; correct or remove it')
  }
  const secrets = previous === '' ? [secret] : [secret, previous]
  return { secret, secrets, issuer: JWKS_URL === '' ? undefined : issuerOf(env, JWKS_URL) }
}

function issuerOf({ JWKS_ISSUER, JWKS_AUDIENCE }: Env, url: string): Issuer {
  // `||`: a variable that was left empty asks for nothing.
  return { keys: keysAt(url), name: JWKS_ISSUER || undefined, audience: JWKS_AUDIENCE || undefined }
}

function unusable(message: string): DoorRefusal {
  return { code: 'not_configured', message }
}
