import { Hono } from 'hono'
import type { MiddlewareHandler } from 'hono'

import { OPERATIONS } from '../ops/operations.ts'
import type { Counts } from '../ops/metrics.ts'
import type { Door } from './door.ts'
import { refuse } from './refusals.ts'

const BEARER = /^Bearer +(\S+)$/i
