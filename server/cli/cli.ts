// The `deskhand` command.
import { Command } from 'commander'
import { ConfigError, readConfig } from '../config.ts'
import { VERSION } from '../version.ts'

export async function runCli(argv: readonly string[]): Promise<void> {
  const program = new Command('deskhand')
    .description('A self-hosted help desk, wire-compatible with LiveAgent API v1.')
    .version(VERSION)
  program
    .command('serve')
    .description('start the server')
    .action(async () => {
      const { serve } = await import('../main.ts')
      await serve(readConfig(process.env))
    })
  try {
    await program.parseAsync(argv)
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error)
    process.exitCode = 1
  }
}
