// Parameters that only the knowledge base calls of API v1 have.
import { z } from 'zod'
import { text } from './params.ts'

/** A path of entry ids from the root, such as `0|23|`; given without its final bar. Names everything below its last id. */
export const treePath = () =>
  text().transform((path, context) => {
    if (path === undefined) return undefined
    if (/^\d{1,15}(\|\d{1,15})*\|?$/.test(path)) return path.replace(/\|$/, '')
    context.addIssue({ code: 'custom', message: 'must be ids with bars between them, such as 0|23|' })
    return z.NEVER
  })

const MAX_QUERY = 10_000

/** Whatever somebody types into a search field is a search: nothing in it is an error. */
export const searchText = () =>
  z.preprocess(
    (value) => (value === undefined ? undefined : String(value)),
    z.string('is missing').transform((query) => query.slice(0, MAX_QUERY).toWellFormed()),
  )
