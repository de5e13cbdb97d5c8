// Identifiers for many conversations: rising, so that each lands beside the one before it in every index. Random ones
// would touch a page of their own each, which is most of the work once a table no longer fits into memory.
import { randomInt } from 'node:crypto'
import type { Reader } from '../db/write.ts'

const ALPHABET_SIZE = 36
const LENGTH = 8
const SPACE = ALPHABET_SIZE ** LENGTH
const MAX_STEP = 3

const idAt = (number: number): string => number.toString(ALPHABET_SIZE).padStart(LENGTH, '0')

/** Gives out the ids of one load. They are in a stretch that no conversation has yet, which begins somewhere at random. */
export async function risingIds(db: Reader, count: number): Promise<() => string> {
  let next = await freeStretch(db, count * MAX_STEP)
  return () => {
    next += randomInt(1, MAX_STEP + 1)
    return idAt(next)
  }
}

async function freeStretch(db: Reader, length: number): Promise<number> {
  for (;;) {
    const start = randomInt(SPACE - length - 1)
    // The letters stand before the digits nowhere: both databases compare bytes, and digits come first in both.
    const taken = await db
      .selectFrom('conversations')
      .select('id')
      .where('id', '>=', idAt(start))
      .where('id', '<=', idAt(start + length + 1))
      .limit(1)
      .executeTakeFirst()
    if (!taken) return start
  }
}
