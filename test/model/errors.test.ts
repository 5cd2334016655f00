import { expect, it } from 'vitest'

import { isModelFault, ModelRefusedError, ModelSilentError } from '../../src/model/errors.ts'

it('says in a refusal only the kind and the status', () => {
  const cause = new Error('https://host/v1 said: bad key sk-secret')
  const fault = new ModelRefusedError('auth', { status: 401, cause })
  expect(fault.message).toBe('the model endpoint refused (auth, status 401)')
  expect(fault.cause).toBe(cause)
})

it('tells faults of the endpoint from everything else', () => {
  expect(isModelFault(new ModelSilentError('idle'))).toBe(true)
  expect(isModelFault(new ModelRefusedError('rate'))).toBe(true)
  expect(isModelFault(new TypeError('a bug'))).toBe(false)
})
