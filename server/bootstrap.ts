// What the first start on an empty database makes: owner, department, knowledge base, API key.
import { randomBytes } from 'node:crypto'
import type { Config } from './config.ts'
import { lockUntilCommit } from './db/differences.ts'
import type { Database } from './db/open.ts'
import { systemActor } from './desk/actor.ts'
import { addAgent } from './desk/agents/agents.ts'
import { addDepartment, DEFAULT_DEPARTMENT } from './desk/departments/departments.ts'
import { addApiKey } from './desk/keys/keys.ts'
import { DEFAULT_KNOWLEDGEBASE } from './desk/knowledge/ids.ts'
import { findInstallation, type Installation, putSettings } from './desk/settings/settings.ts'
import { newSecret } from './lib/ids.ts'
import { hashPassword } from './lib/password.ts'
import { VERSION } from './version.ts'

/** What a newcomer needs next. Shown once; only hashes are kept. */
export interface FirstStart {
  ownerEmail: string
  ownerPassword: string
  apiKey: string
}

const BOOTSTRAP_LOCK = 7_305_114

/** Makes what is missing, once, however many processes start at the same time. */
export async function bootstrap(
  database: Database,
  config: Config,
): Promise<{ installation: Installation; firstStart: FirstStart | undefined }> {
  const known = await findInstallation(database.reader)
  if (known) return { installation: await noteVersion(database, known), firstStart: undefined }

  const firstStart: FirstStart = {
    ownerEmail: config.ownerEmail ?? 'owner@example.com',
    ownerPassword: config.ownerPassword ?? newSecret().slice(0, 16),
    apiKey: config.apiKey ?? newSecret(),
  }
  const passwordHash = await hashPassword(firstStart.ownerPassword)
  return database.write(async (tx) => {
    await lockUntilCommit(tx, BOOTSTRAP_LOCK)
    const other = await findInstallation(tx)
    if (other) return { installation: other, firstStart: undefined }
    const now = Date.now()
    const installation: Installation = {
      secret: randomBytes(32).toString('hex'),
      installed_at: now,
      updated_at: now,
      version: VERSION,
    }
    await putSettings(tx, installation)
    await addDepartment(tx, systemActor, { id: DEFAULT_DEPARTMENT, name: 'General' })
    await addAgent(tx, systemActor, {
      email: firstStart.ownerEmail,
      firstname: 'Owner',
      lastname: '',
      role: 'O',
      passwordHash,
      departmentIds: [DEFAULT_DEPARTMENT],
    })
    await tx
      .insertInto('knowledgebases')
      .values({ id: DEFAULT_KNOWLEDGEBASE, name: 'Knowledge base', position: 0, created_at: now, deleted_at: null })
      .execute()
    await addApiKey(tx, systemActor, { name: 'First key', rights: 'full', key: firstStart.apiKey })
    return { installation, firstStart }
  })
}

async function noteVersion(database: Database, installation: Installation): Promise<Installation> {
  if (installation.version === VERSION) return installation
  const updated = { ...installation, version: VERSION, updated_at: Date.now() }
  await database.write((tx) => putSettings(tx, updated))
  return updated
}
