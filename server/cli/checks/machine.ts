// What the machine gives: Node, a folder that can be written, space on its disk.
import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Config } from '../../config.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const GB = 1024 ** 3
const FAIL_BELOW = 0.1 * GB
const WARN_BELOW = 1 * GB

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return ok('node', `${version} on ${process.platform}`)
  return fail('node', `${version} is too old`, 'Install Node 22.18 or newer.')
}

/** An embedded database lives in the folder; beside PostgreSQL nothing does. */
export function checkFolder({ dataFolder, databaseUrl }: Config): Finding[] {
  if (databaseUrl !== undefined) return [ok('data folder', 'not used: database and files are in PostgreSQL')]
  const folder = resolve(dataFolder)
  const nearest = nearestExisting(folder)
  const finding = isWritable(nearest)
    ? nearest === folder
      ? ok('data folder', `${folder} can be written`)
      : warn('data folder', `${folder} does not exist yet`, 'The first start creates it: npm start')
    : fail('data folder', `${nearest} cannot be written`, `Give it to the user of the server: chown -R USER ${nearest}`)
  return [finding, checkSpace(nearest)]
}

function nearestExisting(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestExisting(dirname(folder))
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

function checkSpace(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder)
  return judgeSpace(bavail * bsize)
}

export function judgeSpace(bytes: number): Finding {
  const says = `${(bytes / GB).toFixed(1)} GB free`
  if (bytes < FAIL_BELOW) return fail('disk space', says, 'Free some space: without it nothing can be stored.')
  if (bytes < WARN_BELOW) return warn('disk space', says, 'Free some space soon, or move the data folder.')
  return ok('disk space', says)
}
