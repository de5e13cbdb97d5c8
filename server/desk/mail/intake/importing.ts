// Mails that come from files: stored like those that arrive, with the dates that they bring along. Nobody gets an automatic
// mail because of them: accepting looks at their source.
import { Unavailable } from '../../../lib/errors.ts'
import type { MailDesk } from '../mail-desk.ts'
import { keepRaw } from './keep-raw.ts'
import { ownDate } from './own-date.ts'

export interface ImportTarget {
  /** Empty: none; they need a department then. */
  mailboxId: string
  /** Null: the mailbox's. */
  departmentId: string | null
}

export interface Imported {
  /** Stored now. */
  fresh: number
  /** There already. */
  known: number
}

/** What is under way at the same time: enough to share commits, little enough for the memory. */
const MAX_MAILS = 100
const MAX_BYTES = 16 * 1024 * 1024

export class Importing {
  readonly counts: Imported = { fresh: 0, known: 0 }
  readonly #desk: MailDesk
  readonly #target: ImportTarget
  #underWay: Promise<void>[] = []
  #bytes = 0

  constructor(desk: MailDesk, target: ImportTarget) {
    this.#desk = desk
    this.#target = target
  }

  /** Takes a mail, and waits where much is under way. `onFault` hears why one could not be stored. */
  async add(contents: Buffer, fromLine: string | undefined, onFault: (error: unknown) => void): Promise<void> {
    this.#underWay.push(this.#keep(contents, fromLine, onFault))
    this.#bytes += contents.length
    if (this.#underWay.length >= MAX_MAILS || this.#bytes > MAX_BYTES) await this.finish()
  }

  /** Waits until everything is stored. Throws Unavailable if nothing can be stored now. */
  async finish(): Promise<void> {
    const results = await Promise.allSettled(this.#underWay)
    this.#underWay = []
    this.#bytes = 0
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #keep(contents: Buffer, fromLine: string | undefined, onFault: (error: unknown) => void): Promise<void> {
    try {
      const receivedAt = ownDate(contents, fromLine)
      const { isNew } = await keepRaw(this.#desk, {
        ...this.#target,
        source: 'import',
        contents,
        envelope: {},
        receivedAt,
      })
      this.counts[isNew ? 'fresh' : 'known']++
    } catch (error) {
      // A full disk or a database that is away would hit all the others, too.
      if (error instanceof Unavailable) throw error
      onFault(error)
    }
  }
}
