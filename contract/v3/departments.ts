import { z } from 'zod'
import { instant, name, plainText } from './kinds.ts'

export const departmentSchema = z
  .object({
    departmentid: z.string(),
    name: z.string(),
    description: z.string(),
    position: z.number().int().describe('Departments are listed by it.'),
    agents: z.array(z.string()).describe('Userids of those who work in it.'),
    is_deleted: z.boolean().describe('Not listed any more; old conversations still name it.'),
    datecreated: instant(),
  })
  .meta({ id: 'Department' })

export const departmentDraftSchema = z
  .strictObject({
    name: name(),
    description: plainText(10_000).optional(),
    position: z.number().int().min(-1_000_000).max(1_000_000).optional().describe('Last unless said otherwise.'),
    agents: z.array(plainText(100)).max(10_000).optional().describe('Userids.'),
  })
  .meta({ id: 'DepartmentDraft' })

export const departmentPatchSchema = departmentDraftSchema.partial().meta({ id: 'DepartmentPatch' })
