// deskhand department add
import { Command } from 'commander'
import { systemActor } from '../desk/actor.ts'
import { addDepartment, listDepartments } from '../desk/departments/departments.ts'
import { Conflict } from '../lib/errors.ts'
import { withDesk } from './desk.ts'
import { type Io, UsageError } from './io.ts'
import { examples, json } from './print.ts'

export const departmentAddCommand = (io: Io): Command =>
  new Command('add')
    .summary('add a department')
    .description('Adds a department, after those that exist.')
    .argument('<name>', 'name, as agents and customers see it')
    .option('--description <text>', 'what it is for', '')
    .option('--json', 'print the new department as JSON')
    .addHelpText('after', examples("npx deskhand department add Sales --description 'Offers and invoices'"))
    .action(async (text: string, options: { description: string; json?: boolean }) => {
      const name = text.trim()
      if (name === '') throw new UsageError('A department must have a name.')
      await withDesk(io, async ({ database }) => {
        const department = await database.write(async (tx) => {
          const others = await listDepartments(tx)
          if (others.some((other) => other.name.toLowerCase() === name.toLowerCase()))
            throw new Conflict(`A department called '${name}' exists already.`)
          const position = Math.max(0, ...others.map((other) => other.position)) + 1
          return addDepartment(tx, systemActor, { name, description: options.description, position })
        })
        io.out(
          options.json
            ? json({ departmentid: department.id, name: department.name, description: department.description })
            : `Added the department ${department.name}, departmentid ${department.id}.\n`,
        )
      })
    })
