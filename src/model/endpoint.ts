/** How an endpoint differs from what most of them understand. */
export interface Profile {
  /** What it calls the limit of an answer; `none` where it takes no limit. */
  readonly maxTokens?: 'max_tokens' | 'max_completion_tokens' | 'none' | undefined
  /** Whether it takes `stream_options`, by which it says what an answer has used. */
  readonly streamOptions?: boolean | undefined
  /** Whether it takes turns of the two sides only, so that instructions belong into the first one. */
  readonly alternate?: boolean | undefined
}

/** OAuth 2.0 client credentials, with the secret itself. */
export interface OAuthClient {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string
}

/** What opens an endpoint. Of `keys` the first is current, the others come after it. */
export type Access =
  | { readonly kind: 'none' }
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'oauth'; readonly client: OAuthClient }

/** An OpenAI-compatible endpoint and one of its models. */
export interface Endpoint {
  /** Names the endpoint to operators; holds no secret and stays the same between deployments. */
  readonly id: string
  /** Up to and including `/v1`, without a slash at the end. */
  readonly baseUrl: string
  readonly model: string
  readonly access: Access
  readonly profile: Profile
}
