// Which commands there are.
import { Command } from 'commander'
import { VERSION } from '../version.ts'
import { agentAddCommand } from './agent-add.ts'
import { agentListCommand } from './agent-list.ts'
import { agentPasswordCommand } from './agent-password.ts'
import { apikeyAddCommand } from './apikey-add.ts'
import { apikeyListCommand } from './apikey-list.ts'
import { apikeyRevokeCommand } from './apikey-revoke.ts'
import { backupCommand } from './backup.ts'
import { demoCommand } from './demo.ts'
import { departmentAddCommand } from './department-add.ts'
import { departmentListCommand } from './department-list.ts'
import { doctorCommand } from './doctor.ts'
import { importCommand } from './import.ts'
import type { Io } from './io.ts'
import { mailCommand } from './mail.ts'
import { mailboxCommand } from './mailbox.ts'
import { migrateCommand } from './migrate.ts'
import { examples } from './print.ts'
import { reportsCommand } from './reports.ts'
import { serveCommand } from './serve.ts'

/** The whole command line. */
export function buildProgram(io: Io): Command {
  const program = new Command('deskhand')
    .description('A self-hosted help desk, wire-compatible with LiveAgent API v1.')
    .version(VERSION)
    .addHelpText(
      'after',
      `${examples('npx deskhand serve', 'npx deskhand demo', 'npx deskhand help agent add')}
Settings come from the environment (docs/running.md). Exit codes: 0 done, 1 failed, 2 wrong usage or wrong settings.
`,
    )
  const agent = new Command('agent').description('people who answer')
  const department = new Command('department').description('where conversations wait')
  const apikey = new Command('apikey').description('keys for programs')
  for (const command of [agentAddCommand, agentListCommand, agentPasswordCommand]) agent.addCommand(command(io))
  for (const command of [departmentAddCommand, departmentListCommand]) department.addCommand(command(io))
  for (const command of [apikeyAddCommand, apikeyListCommand, apikeyRevokeCommand]) apikey.addCommand(command(io))
  for (const command of [
    serveCommand,
    migrateCommand,
    doctorCommand,
    backupCommand,
    importCommand,
    mailCommand,
    reportsCommand,
    demoCommand,
  ])
    program.addCommand(command(io))
  for (const group of [agent, department, apikey]) program.addCommand(group)
  program.addCommand(mailboxCommand(io))
  return program
}
