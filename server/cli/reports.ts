// deskhand reports check · deskhand reports rebuild
import { Command } from 'commander'
import { settledNumber } from '../db/settled.ts'
import { checkReports } from '../desk/metrics/check.ts'
import { remakeLoadDays } from '../desk/metrics/remake-load-days.ts'
import { emptyRollups, rollFacts } from '../desk/metrics/roll.ts'
import { progressBar } from '../lib/progress.ts'
import { withDesk } from './desk.ts'
import { Exit, exitCodes, type Io } from './io.ts'
import { examples } from './print.ts'

export const reportsCommand = (io: Io): Command => {
  const group = new Command('reports')
    .description('the sums that reports are made of')
    .addHelpText('after', examples('npx deskhand reports check', 'npx deskhand reports rebuild'))
  for (const command of [checkCommand, rebuildCommand]) group.addCommand(command(io))
  return group
}

const checkCommand = (io: Io): Command =>
  new Command('check')
    .summary('count everything again and name each difference')
    .description(
      'Counts everything that ever happened again and compares it with the sums that reports are made of. Changes nothing, and may run beside a server. Exit code 1 if there is a difference.',
    )
    .addHelpText('after', examples('npx deskhand reports check'))
    .action(async () => {
      await withDesk(io, async ({ database }) => {
        const { steps, position, differences } = await checkReports(database.reader)
        const progress = progressBar('Months', steps)
        let found = 0
        for await (const some of differences) {
          for (const { where, surplus } of some) io.out(`${where}: too much by ${surplus}\n`)
          found += some.length
          progress.step()
        }
        progress.end()
        if (found === 0) io.out(`All sums are right: of what happened, up to number ${position}.\n`)
        else {
          io.err(
            `${found} ${found === 1 ? 'sum is' : 'sums are'} wrong. To make them anew: npx deskhand reports rebuild\n`,
          )
          throw new Exit(exitCodes.failure)
        }
      })
    })

/** Numbers in a transaction: few enough for others, who wait meanwhile on SQLite, to get their turn. */
const PORTION = 20_000

const rebuildCommand = (io: Io): Command =>
  new Command('rebuild')
    .summary('make the sums of reports anew')
    .description(
      'Makes the sums that reports are made of anew from what happened. Works beside a running server: reports are right all the while, and slower until it is done.',
    )
    .addHelpText('after', examples('npx deskhand reports rebuild'))
    .action(async () => {
      await withDesk(io, async ({ database }) => {
        await database.write(remakeLoadDays)
        await database.write(emptyRollups)
        const progress = progressBar('Facts', (await settledNumber(database.reader, 'facts')) ?? 0)
        await rollFacts(database, { portion: PORTION, onProgress: (count) => progress.step(count) })
        progress.end()
        io.out('The sums of the reports are made anew.\n')
      })
    })
