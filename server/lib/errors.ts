// The six ways in which Deskhand refuses. The business throws these; one translator per surface turns them into replies.

/** A refusal that is safe to show: `message` is written for the caller, `code` is stable for programs. */
export class Refusal extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.name = new.target.name
  }
}

/** The thing does not exist, or the caller may not know that it does. */
export class NotFound extends Refusal {
  constructor(message: string) {
    super('not_found', message)
  }
}

/** The caller is known and may not do this. */
export class NotAllowed extends Refusal {
  constructor(message: string) {
    super('not_allowed', message)
  }
}

/** A parameter is missing or wrong. `field` is its name on the wire. */
export class Invalid extends Refusal {
  readonly field: string
  constructor(field: string, message: string) {
    super('invalid', message)
    this.field = field
  }
}

/** The request is fine but clashes with what is stored. */
export class Conflict extends Refusal {
  constructor(message: string, options?: { cause?: unknown }) {
    super('conflict', message, options)
  }
}

/** Too many requests. `retryAfter` is in whole seconds. */
export class TooMany extends Refusal {
  readonly retryAfter: number
  constructor(message: string, retryAfter: number) {
    super('too_many', message)
    this.retryAfter = retryAfter
  }
}

/** Not now: starting, stopping, disk full, database away. Nothing was stored; trying again later is right. */
export class Unavailable extends Refusal {
  constructor(message: string, options?: { cause?: unknown }) {
    super('unavailable', message, options)
  }
}
