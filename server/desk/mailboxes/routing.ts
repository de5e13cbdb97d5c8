// Which mailbox an address leads to, for mail that is handed over: there may be thousands of attempts a minute.
import { domainToASCII, domainToUnicode } from 'node:url'
import { sql } from 'kysely'
import { prepared } from '../../db/prepared.ts'
import type { Reader } from '../../db/write.ts'
import { emailKey } from '../../lib/email.ts'
import { aliasesOf, type Mailbox } from './mailbox.ts'

/**
 * The active mailbox that takes the mail of an address: its own, an alias, or either with `+anything` behind the name.
 * What is written exactly so comes first. Undefined: none, or one that is switched off.
 */
export async function findMailboxFor(db: Reader, address: string): Promise<Mailbox | undefined> {
  const key = emailKey(address)
  let aliased: Mailbox[] | undefined
  for (const spellings of [spellingsOf(key), spellingsOf(withoutPlus(key))]) {
    const [own] = await byAddress(db, spellings[0], spellings[1])
    if (own) return own
    // Read once: the rows are the same for the address without its plus.
    aliased ??= await withAliases(db)
    const other = aliased.find((mailbox) => aliasesOf(mailbox).some((alias) => spellings.includes(emailKey(alias))))
    if (other) return other
    if (withoutPlus(key) === key) return undefined
  }
  return undefined
}

/** The mailbox for mail that names none: `postmaster` without a domain, which every server must take (RFC 5321, 4.5.1). */
export async function findPostmaster(db: Reader): Promise<Mailbox | undefined> {
  return active(db).where('is_default', '=', sql.lit(1)).executeTakeFirst()
}

const active = (db: Reader) =>
  db.selectFrom('mailboxes').selectAll().where('deleted_at', 'is', null).where('is_active', '=', sql.lit(1))

export const byAddress = prepared((db: Reader, key: string, other: string) =>
  active(db).where('address_key', 'in', [key, other]),
)

// Written out, not as parameters: otherwise the database could not know that the index has all of them.
export const aliasesQuery = (db: Reader) =>
  active(db).where('aliases', '<>', sql.lit('[]')).orderBy('created_at').orderBy('id')

const withAliases = (db: Reader): Promise<Mailbox[]> => aliasesQuery(db).execute()

const withoutPlus = (key: string): string => key.replace(/\+[^@]*(?=@)/, '')

/** A domain with letters beyond ASCII has two spellings, and mail comes with either. */
function spellingsOf(key: string): [string, string] {
  const at = key.lastIndexOf('@')
  const domain = key.slice(at + 1)
  if (!/xn--|[^\0-\x7f]/.test(domain)) return [key, key]
  const name = key.slice(0, at + 1)
  return [name + domainToUnicode(domain), name + domainToASCII(domain)]
}
