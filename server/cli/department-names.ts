// Departments as people name them on the command line.
import type { Reader } from '../db/write.ts'
import { listDepartments } from '../desk/departments/departments.ts'
import { NotFound } from '../lib/errors.ts'

/** The ids of departments given by id or name, names without regard to case. */
export async function findDepartments(db: Reader, given: readonly string[]): Promise<string[]> {
  const departments = await listDepartments(db)
  return given.map((text) => {
    const found =
      departments.find(({ id }) => id === text) ??
      departments.find(({ name }) => name.toLowerCase() === text.trim().toLowerCase())
    if (!found)
      throw new NotFound(
        `There is no department '${text}'. There are: ${departments.map(({ name }) => name).join(', ')}.`,
      )
    return found.id
  })
}
