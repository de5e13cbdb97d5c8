// deskhand apikey add
import { Command, InvalidArgumentError, Option } from 'commander'
import { systemActor } from '../desk/actor.ts'
import { addApiKey } from '../desk/keys/keys.ts'
import { withDesk } from './desk.ts'
import type { Io } from './io.ts'
import { examples, json } from './print.ts'

function requestsAMinute(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number above 0.')
  return number
}

interface Options {
  name: string
  readOnly?: boolean
  telephony?: boolean
  rateLimit?: number
  json?: boolean
}

export const apikeyAddCommand = (io: Io): Command =>
  new Command('add')
    .summary('add an API key')
    .description('Adds an API key and prints it. It is shown this once: only its hash is kept.')
    .requiredOption('--name <name>', 'what the key is for')
    .option('--read-only', 'the key may read and change nothing')
    .addOption(
      new Option('--telephony', 'the key is for a PBX: it drives telephone calls and does nothing else').conflicts(
        'readOnly',
      ),
    )
    .option('--rate-limit <number>', "requests a minute; without it, the server's own limit", requestsAMinute)
    .option('--json', 'print id and key as JSON')
    .addHelpText(
      'after',
      examples(
        "npx deskhand apikey add --name 'Web shop'",
        'KEY=$(npx deskhand apikey add --name Statistics --read-only)',
        'KEY=$(npx deskhand apikey add --name PBX --telephony)',
      ),
    )
    .action(async ({ name, readOnly, telephony, rateLimit, json: asJson }: Options) => {
      await withDesk(io, async ({ database }) => {
        const rights = telephony ? 'telephony' : readOnly ? 'read' : 'full'
        const key = await database.write((tx) =>
          addApiKey(tx, systemActor, { name, rights, rateLimit: rateLimit ?? null }),
        )
        if (asJson) return io.out(json({ id: key.id, name: key.name, rights: key.rights, key: key.key }))
        // The key alone on standard output, so that a script can take it.
        io.err(`Added the API key '${key.name}' (id ${key.id}). Write it down: it is shown this once.\n`)
        io.out(`${key.key}\n`)
      })
    })
