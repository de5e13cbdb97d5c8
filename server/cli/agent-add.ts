// deskhand agent add
import { Command, Option } from 'commander'
import { systemActor } from '../desk/actor.ts'
import { addAgent, findAgent } from '../desk/agents/agents.ts'
import { isEmail, splitName } from '../lib/email.ts'
import { Conflict } from '../lib/errors.ts'
import { hashPassword } from '../lib/password.ts'
import { findDepartments } from './department-names.ts'
import { withDesk } from './desk.ts'
import { type Io, UsageError } from './io.ts'
import { newPassword } from './password.ts'
import { examples, json } from './print.ts'

const roles = { owner: 'O', admin: 'D', agent: 'A' } as const

interface Options {
  name: string
  role: keyof typeof roles
  department: string[]
  passwordStdin?: boolean
  password: boolean
  json?: boolean
}

export const agentAddCommand = (io: Io): Command =>
  new Command('add')
    .summary('add an agent')
    .description('Adds an agent. The password is asked for, or read from standard input.')
    .argument('<email>', 'e-mail address, with which the agent signs in')
    .requiredOption('--name <name>', 'first and last name')
    .addOption(new Option('--role <role>', 'what the agent may do').choices(Object.keys(roles)).default('agent'))
    .option('--department <department...>', 'ids or names of the departments to work in', ['default'])
    .option('--password-stdin', 'read the password from standard input')
    .option('--no-password', 'add an agent who cannot sign in until a password is set')
    .option('--json', 'print the new agent as JSON')
    .addHelpText(
      'after',
      examples(
        "npx deskhand agent add ada@example.com --name 'Ada Lovelace'",
        "npx deskhand agent add bob@example.com --name 'Bob Ray' --role admin --department Sales Support --password-stdin < password.txt",
      ),
    )
    .action(async (email: string, options: Options) => {
      if (!isEmail(email)) throw new UsageError(`'${email}' is not an e-mail address.`)
      await withDesk(io, async ({ database }) => {
        // Before the password is asked for: nobody should type one for nothing.
        const departmentIds = await findDepartments(database.reader, options.department)
        if (await findAgent(database.reader, email))
          throw new Conflict(`An agent with the e-mail '${email}' exists already.`)
        const passwordHash = options.password ? await hashPassword(await newPassword(io, options)) : null
        const agent = await database.write((tx) =>
          addAgent(tx, systemActor, {
            email,
            ...splitName(options.name),
            role: roles[options.role],
            passwordHash,
            departmentIds,
          }),
        )
        io.out(
          options.json
            ? json({ userid: agent.id, contactid: agent.contact_id, email: agent.email, departments: departmentIds })
            : `Added ${agent.system_name} <${agent.email}> as ${options.role}, userid ${agent.id}.\n`,
        )
      })
    })
