import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

import { canaryFor } from './test/support/canary.ts'

// Four kinds of test: pure code in Node, code in workerd, whole processes over sockets, a browser.
export default defineConfig({
  test: {
    reporters: ['default', './test/support/canary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{protocol,model,client,scripts}/**/*.test.ts', 'test/*.test.ts'],
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                SESSION_SECRET: canaryFor('a secret of 32 characters'),
                OPERATOR_TOKEN: canaryFor('an operator token'),
                LIMIT_ADDRESS_PER_MINUTE: '6000',
                // Whatever model stands in a developer's .dev.vars, tests do not call it.
                MODEL_BASE_URL: '',
                MODEL_NAME: '',
                MODEL_API_KEY: canaryFor('api-key'),
              },
            },
          }),
        ],
        test: {
          name: 'workers',
          // itty-durable ships ES modules behind a CommonJS index; bundled, as wrangler does, it loads.
          deps: { optimizer: { ssr: { enabled: true, include: ['itty-durable'] } } },
          include: ['test/{worker,group,pipeline,history,jobs,ops}/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
