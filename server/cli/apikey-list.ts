// deskhand apikey list
import { Command } from 'commander'
import { systemActor } from '../desk/actor.ts'
import { listApiKeys } from '../desk/keys/keys.ts'
import { withDesk } from './desk.ts'
import type { Io } from './io.ts'
import { dateText, examples, isoText, json, table } from './print.ts'

export const apikeyListCommand = (io: Io): Command =>
  new Command('list')
    .summary('list the API keys')
    .description('Lists the API keys, revoked ones too. The keys themselves are not stored. Dates are in UTC.')
    .option('--json', 'print a JSON array')
    .addHelpText('after', examples('npx deskhand apikey list'))
    .action(async (options: { json?: boolean }) => {
      await withDesk(io, async ({ database }) => {
        const keys = await listApiKeys(database.reader, systemActor)
        io.out(
          options.json
            ? json(
                keys.map((key) => ({
                  id: key.id,
                  name: key.name,
                  rights: key.rights,
                  rate_limit: key.rate_limit,
                  datecreated: isoText(key.created_at),
                  datelastused: isoText(key.last_used_at),
                  daterevoked: isoText(key.revoked_at),
                })),
              )
            : table(
                ['id', 'name', 'rights', 'created', 'last used', 'revoked'],
                keys.map((key) => [
                  key.id,
                  key.name,
                  key.rights,
                  dateText(key.created_at),
                  dateText(key.last_used_at),
                  dateText(key.revoked_at),
                ]),
                'There is no API key.',
              ),
        )
      })
    })
