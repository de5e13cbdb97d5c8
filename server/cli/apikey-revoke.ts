// deskhand apikey revoke
import { Command } from 'commander'
import { systemActor } from '../desk/actor.ts'
import { getApiKey, revokeApiKey } from '../desk/keys/keys.ts'
import { withDesk } from './desk.ts'
import type { Io } from './io.ts'
import { examples } from './print.ts'

export const apikeyRevokeCommand = (io: Io): Command =>
  new Command('revoke')
    .summary('end an API key for good')
    .description('Ends an API key for good. Programs that use it are refused from the next request on.')
    .argument('<id>', 'id of the key: see npx deskhand apikey list')
    .addHelpText('after', examples('npx deskhand apikey revoke k3x9d0ab'))
    .action(async (id: string) => {
      await withDesk(io, async ({ database }) => {
        const key = await getApiKey(database.reader, systemActor, id)
        await database.write((tx) => revokeApiKey(tx, systemActor, id))
        io.out(key.revoked_at === null ? `Revoked the API key '${key.name}'.\n` : `It was revoked already.\n`)
      })
    })
