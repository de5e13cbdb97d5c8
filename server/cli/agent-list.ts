// deskhand agent list
import { Command } from 'commander'
import { listAgents, listDepartmentsOf } from '../desk/agents/agents.ts'
import { withDesk } from './desk.ts'
import type { Io } from './io.ts'
import { dateText, examples, isoText, json, table } from './print.ts'

const roleNames: Record<string, string> = { O: 'owner', D: 'admin', A: 'agent' }

export const agentListCommand = (io: Io): Command =>
  new Command('list')
    .summary('list the agents')
    .description('Lists the agents. Dates are in UTC.')
    .option('--json', 'print a JSON array')
    .addHelpText('after', examples('npx deskhand agent list', "npx deskhand agent list --json | jq -r '.[].email'"))
    .action(async (options: { json?: boolean }) => {
      await withDesk(io, async ({ database: { reader } }) => {
        const agents = await listAgents(reader)
        const departments = new Map<string, string[]>()
        for (const { id } of agents) departments.set(id, await listDepartmentsOf(reader, id))
        if (options.json)
          return io.out(
            json(
              agents.map((agent) => ({
                userid: agent.id,
                contactid: agent.contact_id,
                email: agent.email,
                firstname: agent.firstname,
                lastname: agent.lastname,
                role: agent.role,
                has_password: agent.password_hash !== null,
                departments: departments.get(agent.id),
                datecreated: isoText(agent.created_at),
              })),
            ),
          )
        io.out(
          table(
            ['userid', 'email', 'name', 'role', 'departments', 'created'],
            agents.map((agent) => [
              agent.id,
              agent.email,
              agent.system_name,
              roleNames[agent.role] ?? agent.role,
              departments.get(agent.id)?.join(' ') || null,
              dateText(agent.created_at),
            ]),
            'There is no agent.',
          ),
        )
      })
    })
