// Opening the desk for a command. A server may run on the same data: the writer waits its turn, and the server sees the
// change.
import { type Config, readConfig } from '../config.ts'
import { type Database, openDatabase } from '../db/open.ts'
import type { Io } from './io.ts'

const POOL_SIZE = 2

/** Runs `work` on the desk that the settings name, which must exist, and closes it. */
export async function withDesk(
  io: Io,
  work: (desk: { database: Database; config: Config }) => Promise<void>,
): Promise<void> {
  const config = readConfig(io.env)
  const database = await openDatabase({
    dataFolder: config.dataFolder,
    url: config.databaseUrl,
    poolSize: POOL_SIZE,
    mustExist: true,
  })
  try {
    await work({ database, config })
  } finally {
    await database.close()
  }
}
