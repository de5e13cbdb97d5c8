// deskhand agent password
import { Command } from 'commander'
import { systemActor } from '../desk/actor.ts'
import { changeAgent, getAgent } from '../desk/agents/agents.ts'
import { hashPassword } from '../lib/password.ts'
import { withDesk } from './desk.ts'
import type { Io } from './io.ts'
import { newPassword } from './password.ts'
import { examples } from './print.ts'

export const agentPasswordCommand = (io: Io): Command =>
  new Command('password')
    .summary("set an agent's password")
    .description("Sets an agent's password, and signs him out everywhere. This is also the way back in for an owner.")
    .argument('<agent>', 'e-mail address or userid')
    .option('--password-stdin', 'read the password from standard input')
    .addHelpText(
      'after',
      examples(
        'npx deskhand agent password owner@example.com',
        'npx deskhand agent password owner@example.com --password-stdin < password.txt',
      ),
    )
    .action(async (identifier: string, options: { passwordStdin?: boolean }) => {
      await withDesk(io, async ({ database }) => {
        const agent = await getAgent(database.reader, identifier)
        const passwordHash = await hashPassword(await newPassword(io, options))
        await database.write((tx) => changeAgent(tx, systemActor, agent.id, { passwordHash }))
        io.out(`Set the password of ${agent.system_name} <${agent.email}>.\n`)
      })
    })
