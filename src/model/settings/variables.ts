/** A variable that cannot be used as it is. The message names it and never repeats its value. */
export class ModelSettingError extends Error {
  override readonly name = 'ModelSettingError'
  /** The variable, or the place inside it: `MODELS[1].baseUrl`. */
  readonly variable: string

  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`)
    this.variable = variable
  }
}

/** Reads a variable by name; an empty one counts as unset. */
export type Read = (name: string) => string | undefined

export function readerOf(variables: object): Read {
  return (name) => {
    const value = valueOf(variables, name)
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
  }
}

/** A variable as it is; wrangler.toml may hold lists and tables, too. */
export function valueOf(variables: object, name: string): unknown {
  return new Map<string, unknown>(Object.entries(variables)).get(name)
}

/** An address without anything that could be a secret, and without a slash at its end. */
export function addressOf(place: string, value: string): string {
  const url = URL.parse(value)
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ModelSettingError(place, 'is no http or https URL, such as https://host/v1')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new ModelSettingError(place, 'holds more than a host and a path; keys are secrets')
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

/** A name that holds no secret for a model at an address. */
export function idOf(baseUrl: string, model: string): string {
  return `${new URL(baseUrl).host}/${model}`
}

/** A secret that a header can carry. */
export function headerValue(place: string, value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value
  throw new ModelSettingError(place, 'holds characters that no header can carry')
}
