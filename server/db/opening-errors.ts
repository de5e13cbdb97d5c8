// Why a database could not be opened, in words for the administrator.
import { userInfo } from 'node:os'
import { SetupError } from '../lib/setup-error.ts'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that has no name.
    return String(process.getuid?.() ?? 'this user')
  }
}

/** What is wrong with the data folder or the database file in it. Defects pass as they are. */
export function explainSqlite(error: unknown, dataFolder: string): unknown {
  if (error instanceof SetupError) return error
  const code = codeOf(error)
  const folder = `The data folder '${dataFolder}' (setting DESKHAND_DATA)`
  if (['EEXIST', 'ENOTDIR'].includes(code)) return new SetupError(`${folder} is not a folder: a file is in the way.`)
  if (['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes(code) || /^SQLITE_(CANTOPEN|READONLY|PERM)/.test(code))
    return new SetupError(
      `${folder} cannot be written by the user '${userName()}'. Give him the folder, or name another.`,
    )
  if (code === 'ENOSPC' || code === 'SQLITE_FULL')
    return new SetupError(`${folder} is on a disk that is full. Free some space and start again.`)
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT')
    return new SetupError(`${folder} has a deskhand.db that is damaged or no database. Restore it from a backup.`)
  if (code.startsWith('SQLITE_BUSY'))
    return new SetupError(`${folder} has a database that another program keeps locked. Wait until it is done.`)
  if (code.startsWith('SQLITE_IOERR')) return new SetupError(`${folder} is on a disk that fails: ${code}.`)
  return error
}

/** What is wrong with DATABASE_URL or the server that it names. The password in it is never shown. */
export function explainPostgres(error: unknown, url: string): unknown {
  if (error instanceof SetupError) return error
  const target = describeUrl(url)
  if (!target) return new SetupError('DATABASE_URL is no address such as postgres://user:password@host:5432/deskhand.')
  const { server, user, database } = target
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : ''
  if (/^(28000|28P01)$/.test(code) || /SASL|password/i.test(message))
    return new SetupError(`PostgreSQL at ${server} does not let the user '${user}' in. Check DATABASE_URL.`)
  if (code === '3D000')
    return new SetupError(`PostgreSQL at ${server} has no database '${database}'. Create it, or correct DATABASE_URL.`)
  if (code === '42501')
    return new SetupError(`The user '${user}' may not create tables in the database '${database}'. Make him its owner.`)
  if (code === '58P01' || code === '0A000')
    return new SetupError(
      `PostgreSQL at ${server} lacks the extension pg_trgm. Install its package postgresql-contrib.`,
    )
  if (code === '53300') return new SetupError(`PostgreSQL at ${server} has no connection left.`)
  if (code === '57P03') return new SetupError(`PostgreSQL at ${server} is starting or stopping. Try again in a moment.`)
  if (/^E[A-Z]+$/.test(code) || /timeout|terminated|SSL/i.test(message))
    return new SetupError(
      `PostgreSQL at ${server} cannot be reached (${code || message}). Check that it runs, and check DATABASE_URL.`,
    )
  return error
}

/** The parts of an address that may be shown; undefined if it is none. */
export function describeUrl(text: string): { server: string; user: string; database: string } | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return {
    server: url.host || url.searchParams.get('host') || 'localhost',
    user: decodeURIComponent(url.username) || 'the default user',
    database: decodeURIComponent(url.pathname.slice(1)) || 'the default one',
  }
}
