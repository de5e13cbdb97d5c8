// deskhand backup
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { readConfig } from '../config.ts'
import { copySqlite } from '../db/copy.ts'
import { sqliteFile } from '../db/open.ts'
import { SetupError } from '../lib/setup-error.ts'
import { type Io, UsageError } from './io.ts'
import { examples } from './print.ts'

export const backupCommand = (io: Io): Command =>
  new Command('backup')
    .summary('copy the desk, while it runs')
    .description(
      'Copies database and files of an embedded database into a new folder, as they are at one instant. The server may run meanwhile. To restore, stop it and put the folder in place of the data folder. With PostgreSQL, use pg_dump.',
    )
    .argument('<folder>', 'a folder that does not exist yet, or is empty')
    .addHelpText('after', examples('npx deskhand backup /backup/deskhand-monday'))
    .action((folder: string) => {
      const { dataFolder, databaseUrl } = readConfig(io.env)
      if (databaseUrl !== undefined)
        throw new UsageError('Everything is in PostgreSQL (DATABASE_URL is set): make backups with pg_dump.')
      if (!existsSync(sqliteFile(dataFolder)))
        throw new SetupError(`There is no desk in the folder '${dataFolder}' (setting DESKHAND_DATA).`)
      const target = resolve(folder)
      if (existsSync(target) && readdirSync(target).length > 0)
        throw new UsageError(`The folder '${folder}' is not empty: a backup never overwrites anything.`)
      mkdirSync(target, { recursive: true, mode: 0o700 })
      copySqlite(sqliteFile(dataFolder), sqliteFile(target))
      // After the database: a file that came since is waste; a row whose file was not copied would be a loss.
      copyFiles(join(dataFolder, 'files'), join(target, 'files'))
      io.out(`Copied database and files to ${target}.\n`)
    })

/** Files lie one folder deep: see desk/files/store.ts. */
function copyFiles(source: string, target: string): void {
  for (const folder of existsSync(source) ? readdirSync(source) : []) {
    mkdirSync(join(target, folder), { recursive: true, mode: 0o700 })
    for (const name of readdirSync(join(source, folder)).filter(isWhole))
      try {
        copyFileSync(join(source, folder, name), join(target, folder, name))
      } catch (error) {
        // Deleted a moment ago.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
      }
  }
}

/** Uploads under way have this ending until they are complete. */
const isWhole = (name: string): boolean => !name.endsWith('.part')
