// deskhand migrate
import { Command } from 'commander'
import { readConfig } from '../config.ts'
import { openDatabase } from '../db/open.ts'
import type { Io } from './io.ts'
import { examples } from './print.ts'

export const migrateCommand = (io: Io): Command =>
  new Command('migrate')
    .summary('bring the database to the newest schema')
    .description(
      'Brings the database to the newest schema, and says what ran. A start of the server does the same; on its own it lets you choose the moment. Creates the database if there is none.',
    )
    .addHelpText('after', examples('npx deskhand migrate'))
    .action(async () => {
      const config = readConfig(io.env)
      const database = await openDatabase({ dataFolder: config.dataFolder, url: config.databaseUrl, poolSize: 2 })
      await database.close()
      for (const name of database.migrated) io.out(`ran ${name}\n`)
      if (database.migrated.length === 0) io.out('The database is up to date.\n')
    })
