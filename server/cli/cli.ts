// The `deskhand` command: runs what is asked for, and what failures look like.
import { Command, CommanderError } from 'commander'
import { ConfigError } from '../config.ts'
import { Invalid, Refusal } from '../lib/errors.ts'
import { SetupError } from '../lib/setup-error.ts'
import { Exit, exitCodes, type Io, processIo, UsageError } from './io.ts'

/** A server that runs for months does without what the other commands need: it would hold 10 MB for nothing. */
async function programFor(args: readonly string[], io: Io): Promise<Command> {
  const program =
    args[0] === 'serve'
      ? new Command('deskhand').addCommand((await import('./serve.ts')).serveCommand(io))
      : (await import('./program.ts')).buildProgram(io)
  // Texts that commander writes go where the others go.
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
    await (await programFor(args, io)).parseAsync(args, { from: 'user' })
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
