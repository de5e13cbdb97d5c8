// How often somebody may fail to sign in. Guessing a password must not be worth the time, from one address or from many.
import { RateLimit } from './rate-limit.ts'

/** Failures a minute. */
const PER_ACCOUNT_AND_ADDRESS = 10
const PER_ADDRESS = 60
/** Whoever guesses from many addresses can keep the owner of the account from signing in, not from working on. */
const PER_ACCOUNT = 200

export class SignInLimits {
  readonly #both = new RateLimit('this address for this account')
  readonly #address = new RateLimit('this address with wrong sign-ins')
  readonly #account = new RateLimit('all addresses for this account')

  /**
   * Counts an attempt before it is looked at: a hundred at the same time must not all pass. Throws TooMany. Returns what
   * takes the count back, for attempts that succeed. `account` need not exist: the answer must not tell.
   */
  take(address: string, account: string): () => void {
    const counted: [RateLimit, string, number][] = [
      [this.#both, `${address} ${account}`, PER_ACCOUNT_AND_ADDRESS],
      [this.#address, address, PER_ADDRESS],
      [this.#account, account, PER_ACCOUNT],
    ]
    for (const [limit, id, most] of counted) limit.take(id, most)
    return () => {
      for (const [limit, id] of counted) limit.giveBack(id)
    }
  }

  /** The same for sign-ins with a token, which names no account before it is found genuine. */
  takeToken(address: string): () => void {
    this.#address.take(address, PER_ADDRESS)
    return () => this.#address.giveBack(address)
  }
}
