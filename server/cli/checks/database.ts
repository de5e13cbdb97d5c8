// Whether the database can be used, is whole, and keeps what it was told to keep.

import { existsSync } from 'node:fs'
import { sql } from 'kysely'
import type { Config } from '../../config.ts'
import { type Database, openDatabase, sqliteFile } from '../../db/open.ts'
import type { Reader } from '../../db/write.ts'
import { type Finding, fail, ok, reasonOf, warn } from './finding.ts'

export async function checkDatabase(config: Config): Promise<Finding[]> {
  if (config.databaseUrl === undefined && !existsSync(sqliteFile(config.dataFolder)))
    return [warn('database', 'there is none yet', 'The first start creates it: npm start')]
  let database: Database
  try {
    database = await openDatabase({
      dataFolder: config.dataFolder,
      url: config.databaseUrl,
      poolSize: 2,
      mustExist: true,
    })
  } catch (error) {
    return [fail('database', reasonOf(error), 'Nothing else can be said before this is put right.')]
  }
  try {
    const { engine, reader } = database
    return [
      ...(await attempt('database', async () => [
        ok('database', `${await versionOf(database)}, with the newest schema`),
      ])),
      ...(await attempt('integrity', () => checkIntegrity(database))),
      ...(await attempt('durability', () =>
        engine === 'sqlite' ? checkSyncing(database) : checkServerSettings(reader),
      )),
      ...(await attempt('clock', async () => [await checkClock(database)])),
      ...(await attempt('jobs', () => checkJobs(reader))),
    ]
  } finally {
    await database.close()
  }
}

/** What is damaged badly enough cannot even be looked at: that is a finding too. */
async function attempt(about: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check()
  } catch (error) {
    return [fail(about, reasonOf(error), RESTORE)]
  }
}

const RESTORE = 'Stop the server and restore the last backup: docs/running.md'

async function versionOf({ engine, reader }: Database): Promise<string> {
  if (engine === 'sqlite') return `SQLite ${await single(reader, 'select sqlite_version() as value')}`
  return `PostgreSQL ${await single(reader, "select current_setting('server_version') as value")}`
}

/** The column `value` of the one row that a query without parameters gives. */
async function single(db: Reader, query: string): Promise<unknown> {
  const { rows } = await sql.raw<{ value: unknown }>(query).execute(db)
  return rows[0]?.value
}

async function checkIntegrity({ engine, reader }: Database): Promise<Finding[]> {
  if (engine === 'postgres') return checkIndexes(reader)
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check(3)`.execute(reader)
  const faults = rows.map(({ quick_check }) => quick_check).filter((line) => line !== 'ok')
  return [
    faults.length === 0
      ? ok('integrity', 'quick_check finds nothing wrong')
      : fail('integrity', faults.join('; ').replace(/\s+/g, ' '), RESTORE),
  ]
}

async function checkSyncing({ reader, write }: Database): Promise<Finding[]> {
  const journal = await single(reader, 'select journal_mode as value from pragma_journal_mode')
  // A property of the connection, so it is asked on one that is opened as the server opens its own.
  const synchronous = await write((tx) => single(tx, 'select synchronous as value from pragma_synchronous'))
  return [
    journal === 'wal' && Number(synchronous) === 2
      ? ok('durability', 'journal_mode=WAL, synchronous=FULL: what was answered is on disk')
      : fail('durability', `journal_mode=${journal}, synchronous=${synchronous}`, 'Start the server: it sets WAL.'),
  ]
}

async function checkIndexes(db: Reader): Promise<Finding[]> {
  const broken = Number(await single(db, 'select count(*) as value from pg_index where not indisvalid'))
  const failures = Number(
    await single(
      db,
      'select coalesce(checksum_failures, 0) as value from pg_stat_database where datname = current_database()',
    ),
  )
  return [
    broken + failures === 0
      ? ok('integrity', 'no invalid index, no checksum failure')
      : fail(
          'integrity',
          `${broken} invalid indexes, ${failures} checksum failures`,
          'Run REINDEX, and look into the log of PostgreSQL; restore a backup if pages are damaged.',
        ),
  ]
}

async function checkServerSettings(db: Reader): Promise<Finding[]> {
  const off: string[] = []
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit'])
    if ((await single(db, `select current_setting('${name}') as value`)) === 'off') off.push(name)
  return [
    off.length === 0
      ? ok('durability', 'fsync, full_page_writes and synchronous_commit are on: what was answered is on disk')
      : warn('durability', `${off.join(', ')} off`, 'Switch on in postgresql.conf, or answered writes can be lost.'),
  ]
}

const CLOCK_TOLERANCE_MS = 60_000

async function checkClock({ engine, reader }: Database): Promise<Finding> {
  const now = Date.now()
  if (engine === 'postgres') {
    const theirs = Number(await single(reader, 'select extract(epoch from clock_timestamp()) * 1000 as value'))
    return judgeClock(now, theirs, 'the clock of PostgreSQL')
  }
  const newest = Number((await single(reader, 'select at as value from events order by seq desc limit 1')) ?? 0)
  return judgeClock(now, Math.max(now, newest), 'the newest event')
}

export function judgeClock(ours: number, theirs: number, whose: string): Finding {
  const apart = Math.abs(ours - theirs)
  const says = `${new Date(ours).toISOString()} UTC`
  if (apart <= CLOCK_TOLERANCE_MS) return ok('clock', says)
  return warn(
    'clock',
    `${says}, ${Math.round(apart / 1000)} s ${ours < theirs ? 'behind' : 'ahead of'} ${whose}`,
    'Set the clock, best by NTP: timedatectl set-ntp true',
  )
}

const LATE_MS = 10 * 60_000

async function checkJobs(db: Reader): Promise<Finding[]> {
  const dead = await db
    .selectFrom('jobs')
    .select(({ fn }) => ['name', fn.countAll<number>().as('count'), fn.max('last_error').as('reason')])
    .where('dead_at', 'is not', null)
    .groupBy('name')
    .orderBy('name')
    .execute()
  const late = await db
    .selectFrom('jobs')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('dead_at', 'is', null)
    .where('run_at', '<', Date.now() - LATE_MS)
    .executeTakeFirst()
  const findings = dead.map(({ name, count, reason }) =>
    warn('jobs', `${count} × '${name}' given up: ${reason}`, 'Remove the cause. The work itself has to be done again.'),
  )
  if (Number(late?.count ?? 0) > 0)
    findings.push(warn('jobs', `${late?.count} wait since more than 10 minutes`, 'Start the server: it does the jobs.'))
  return findings.length > 0 ? findings : [ok('jobs', 'none has failed, none is late')]
}
