// Mails that are ready at the same time share a transaction; one that fails is tried again by itself, and so are the others.
import { together } from '../../../db/together.ts'
import { emailKey } from '../../../lib/email.ts'
import { acceptMail } from './accept.ts'
import type { Around } from './around.ts'
import { Lanes } from './lanes.ts'
import type { Outcome } from './outcome.ts'
import type { ReadyMail } from './ready.ts'

const newLane = () =>
  together<{ around: Around; mail: ReadyMail }, Outcome>({
    write: (tx, { around, mail }) => acceptMail(tx, around, mail),
    keyOf: ({ mail }) => String(mail.raw.seq).padStart(16, '0'),
    bytesOf: ({ mail }) => mail.raw.size,
  })

// PostgreSQL answers each query over the network: while one transaction waits, others go on. SQLite has one writer.
const lanes = new Lanes([newLane(), newLane(), newLane()])
const onlyLane = newLane()

/** Accepts a mail in one write. */
export async function acceptTogether(around: Around, mail: ReadyMail): Promise<Outcome> {
  const { database } = around.desk
  if (database.engine === 'sqlite') return onlyLane(database, { around, mail })
  return lanes.use(keysOf(mail), (lane) => lane(database, { around, mail }))
}

/** Mails of one sender or one thread belong together: side by side they would wait for each other, or miss each other. */
function keysOf({ read }: ReadyMail): string[] {
  const ids = [read.messageId, ...read.inReplyTo, ...read.references.slice(0, 1), ...read.references.slice(-5)]
  return [
    ...(read.from ? [`from ${emailKey(read.from.address)}`] : []),
    ...ids.flatMap((id) => (id === undefined ? [] : [`id ${id}`])),
  ]
}
