/** Why a reply's model call was ended from here. */
export class ReplyStopped extends Error {
  override readonly name = 'ReplyStopped'
  readonly status: 'stopped' | 'withdrawn' | 'failed'

  constructor(status: 'stopped' | 'withdrawn' | 'failed') {
    super(`the reply was ${status}`)
    this.status = status
  }
}
