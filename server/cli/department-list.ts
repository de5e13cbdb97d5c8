// deskhand department list
import { Command } from 'commander'
import { listAgentsIn } from '../desk/agents/agents.ts'
import { listDepartments } from '../desk/departments/departments.ts'
import { withDesk } from './desk.ts'
import type { Io } from './io.ts'
import { examples, json, table } from './print.ts'

export const departmentListCommand = (io: Io): Command =>
  new Command('list')
    .summary('list the departments')
    .description('Lists the departments in their order.')
    .option('--json', 'print a JSON array')
    .addHelpText('after', examples('npx deskhand department list'))
    .action(async (options: { json?: boolean }) => {
      await withDesk(io, async ({ database: { reader } }) => {
        const rows = []
        for (const { id, name, description } of await listDepartments(reader))
          rows.push({ departmentid: id, name, description, agents: (await listAgentsIn(reader, id)).length })
        io.out(
          options.json
            ? json(rows)
            : table(
                ['departmentid', 'name', 'agents', 'description'],
                rows.map((row) => [row.departmentid, row.name, row.agents, row.description]),
                'There is no department.',
              ),
        )
      })
    })
