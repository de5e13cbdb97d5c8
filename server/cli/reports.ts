// deskhand reports check · deskhand reports rebuild
import { Command } from 'commander'
import { settledNumber } from '../db/settled.ts'
import type { Reader } from '../db/write.ts'
import { checkReports, type Difference } from '../desk/metrics/check.ts'
import { emptyRollups, rollFacts } from '../desk/metrics/roll.ts'
import { emptyLoadRollups, rollLoad } from '../desk/metrics/roll-load.ts'
import { checkOnlineDays, emptyOnlineDays, rollStretches } from '../desk/presence/online-days.ts'
import { checkClocks } from '../desk/sla/check.ts'
import { emptyClockRollups, rollClocks } from '../desk/sla/roll.ts'
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
        const clocks = await checkClocks(database.reader)
        const progress = progressBar('Months', steps + clocks.steps + 1)
        let found = 0
        for (const part of [differences, clocks.differences, onlineDays(database.reader)])
          for await (const some of part) {
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

async function* onlineDays(db: Reader): AsyncGenerator<Difference[]> {
  yield await checkOnlineDays(db)
}

const rebuildCommand = (io: Io): Command =>
  new Command('rebuild')
    .summary('make the sums of reports anew')
    .description(
      'Makes the sums that reports are made of anew from what happened. Works beside a running server: reports are right all the while, and slower until it is done.',
    )
    .addHelpText('after', examples('npx deskhand reports rebuild'))
    .action(async () => {
      await withDesk(io, async ({ database }) => {
        await database.write(emptyRollups)
        const progress = progressBar('Facts', (await settledNumber(database.reader, 'facts')) ?? 0)
        await rollFacts(database, { portion: PORTION, onProgress: (count) => progress.step(count) })
        progress.end()
        await database.write(emptyLoadRollups)
        const steps = progressBar('Steps', (await settledNumber(database.reader, 'load_changes')) ?? 0)
        await rollLoad(database, { portion: PORTION, onProgress: (count) => steps.step(count) })
        steps.end()
        await database.write(emptyClockRollups)
        const clocks = progressBar('Answers', (await settledNumber(database.reader, 'sla_clocks')) ?? 0)
        await rollClocks(database, { portion: PORTION, onProgress: (count) => clocks.step(count) })
        clocks.end()
        await database.write(emptyOnlineDays)
        const stretches = progressBar('Stretches', (await settledNumber(database.reader, 'online_stretches')) ?? 0)
        await rollStretches(database, { portion: PORTION, onProgress: (count) => stretches.step(count) })
        stretches.end()
        io.out('The sums of the reports are made anew.\n')
      })
    })
