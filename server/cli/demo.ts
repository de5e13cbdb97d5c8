// deskhand demo
import { Command, InvalidArgumentError } from 'commander'
import { readConfig } from '../config.ts'
import { openDatabase } from '../db/open.ts'
import { TEAM_SIZES } from '../demo/team.ts'
import { progressBar } from '../lib/progress.ts'
import { credentials } from '../welcome.ts'
import type { Io } from './io.ts'
import { examples } from './print.ts'

const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (!(number >= min && number <= max))
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    return number
  }

interface Options {
  conversations: number
  agents?: number
  seed?: number
  again?: boolean
}

export const demoCommand = (io: Io): Command =>
  new Command('demo')
    .summary('fill the desk with a believable demonstration')
    .description(
      'Fills the desk with the people, the knowledge base and a year of a shop for coffee machines: mails, chats and calls, who was online when, promised answers and ratings. Creates the desk if there is none. Works beside a running server. The same seed tells the same stories. More conversations have more agents, unless you say how many.',
    )
    .option('--conversations <number>', 'how many conversations', wholeNumber(1, 20_000_000), 400)
    .option(
      '--agents <number>',
      'how many agents work there; without it, as many as the conversations need',
      wholeNumber(TEAM_SIZES.min, TEAM_SIZES.max),
    )
    .option('--seed <number>', 'which stories are told; without it, others each time', wholeNumber(0, 4_294_967_295))
    .option('--again', 'add to a desk that has conversations already')
    .addHelpText(
      'after',
      examples('npx deskhand demo', 'npx deskhand demo --again --seed 7', 'npx deskhand demo --conversations 1000000'),
    )
    .action(async ({ conversations, agents, seed, again }: Options) => {
      const config = readConfig(io.env)
      // Loaded here: nobody else needs the stories.
      const [{ bootstrap }, { loadDemo }] = await Promise.all([import('../bootstrap.ts'), import('../demo/demo.ts')])
      const database = await openDatabase({ dataFolder: config.dataFolder, url: config.databaseUrl, poolSize: 4 })
      try {
        const { firstStart } = await bootstrap(database, config)
        if (firstStart) io.out(`${credentials(firstStart, config)}\n`)
        const started = Date.now()
        const progress = progressBar('Conversations', conversations)
        const result = await loadDemo(database, {
          conversations,
          agents,
          seed,
          again: again ?? false,
          dataFolder: config.dataFolder,
          onProgress: (count) => progress.step(count),
        })
        progress.end()
        const seconds = (Date.now() - started) / 1000
        io.out(`Loaded ${conversations} conversations (seed ${result.seed}) in ${seconds.toFixed(1)} s.\n`)
        if (result.password !== undefined)
          io.out(
            `\nSign in as ${result.email}, or as another agent (npx deskhand agent list). The password of each of them is shown this once:\n\n  ${result.password}\n`,
          )
      } finally {
        await database.close()
      }
    })
