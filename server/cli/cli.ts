// The `deskhand` command: which commands there are, and what their failures look like.
import { Command, CommanderError } from 'commander'
import { ConfigError } from '../config.ts'
import { Invalid, Refusal } from '../lib/errors.ts'
import { SetupError } from '../lib/setup-error.ts'
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
import { Exit, exitCodes, type Io, processIo, UsageError } from './io.ts'
import { mailCommand } from './mail.ts'
import { mailboxCommand } from './mailbox.ts'
import { migrateCommand } from './migrate.ts'
import { examples } from './print.ts'
import { serveCommand } from './serve.ts'

/** The whole command line. Texts that commander writes go where the others go. */
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
    demoCommand,
  ])
    program.addCommand(command(io))
  for (const group of [agent, department, apikey]) program.addCommand(group)
  program.addCommand(mailboxCommand(io))
  everyCommand(program, (command) => {
    command.exitOverride()
    command.configureOutput({ writeOut: io.out, writeErr: io.err })
  })
  return program
}

function everyCommand(command: Command, change: (command: Command) => void): void {
  change(command)
  for (const child of command.commands) everyCommand(child, change)
}

/** Runs a command line without its first two words and returns the exit code. `serve` returns once it listens. */
export async function runCli(args: readonly string[], io: Io = processIo): Promise<number> {
  try {
    await buildProgram(io).parseAsync(args, { from: 'user' })
    return exitCodes.ok
  } catch (error) {
    return report(error, io)
  }
}

function report(error: unknown, io: Io): number {
  if (error instanceof Exit) return error.exitCode
  // Commander has said already what was wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (error instanceof ConfigError || error instanceof UsageError) {
    io.err(`${error.message}\n`)
    return exitCodes.usage
  }
  io.err(`${reasonOf(error, io)}\n`)
  return exitCodes.failure
}

function reasonOf(error: unknown, io: Io): string {
  if (error instanceof Invalid) return `${error.field} ${error.message}`
  if (error instanceof SetupError || error instanceof Refusal) return error.message
  if (!(error instanceof Error)) return String(error)
  return /^(debug|trace)$/.test(io.env.DESKHAND_LOG_LEVEL ?? '')
    ? (error.stack ?? error.message)
    : `Something went wrong: ${error.message} (set DESKHAND_LOG_LEVEL=debug to see where)`
}
