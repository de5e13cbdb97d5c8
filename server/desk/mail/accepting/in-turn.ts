// Keeps what is under way within bounds, in number and in size, and in order where order matters.

/** A room that holds so many, and so many bytes. */
export class Room {
  readonly #most: number
  readonly #mostBytes: number
  #count = 0
  #bytes = 0
  #waiting: (() => void)[] = []

  constructor(most: number, mostBytes: number) {
    this.#most = most
    this.#mostBytes = mostBytes
  }

  /** Resolves when there is room. Alone, anything has room. */
  async enter(bytes: number): Promise<void> {
    while (this.#count > 0 && (this.#count >= this.#most || this.#bytes + bytes > this.#mostBytes))
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#count++
    this.#bytes += bytes
  }

  leave(bytes: number): void {
    this.#count--
    this.#bytes -= bytes
    for (const resume of this.#waiting.splice(0)) resume()
  }
}

/** A place in a queue. */
export interface InQueue {
  /** Resolves when everybody before has left. */
  first: Promise<void>
  /** Leaving twice is no harm. */
  leave(): void
}

export class Queue {
  #last: Promise<void> = Promise.resolve()

  stand(): InQueue {
    const first = this.#last
    let leave = (): void => {}
    const left = new Promise<void>((resolve) => {
      leave = resolve
    })
    this.#last = first.then(() => left)
    return { first, leave }
  }
}
