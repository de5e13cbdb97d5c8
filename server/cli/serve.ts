// deskhand serve
import { Command } from 'commander'
import { readConfig } from '../config.ts'
import type { Io } from './io.ts'
import { examples } from './print.ts'

export const serveCommand = (io: Io): Command =>
  new Command('serve')
    .summary('start the server')
    .description(
      'Starts the server. The first start on an empty folder creates the desk and shows the password and the API key. All settings come from the environment: see docs/running.md, or npx deskhand doctor.',
    )
    .addHelpText('after', examples('npx deskhand serve', 'PORT=9000 DESKHAND_DATA=/srv/deskhand npx deskhand serve'))
    .action(async () => {
      const { serve } = await import('../main.ts')
      await serve(readConfig(io.env))
    })
