// Units of time in UTC that things are added up by.
import { type RawBuilder, sql } from 'kysely'

export const HALF_HOUR = 1_800_000
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** The last whole multiple that is not after an instant; also before 1970, where SQL's remainder is negative. */
export const floored = (at: RawBuilder<unknown>, length: number): RawBuilder<number> =>
  sql<number>`${at} - ((${at} % ${sql.lit(length)}) + ${sql.lit(length)}) % ${sql.lit(length)}`
