// /api/v3/companies
import { z } from 'zod'
import {
  companyDraftSchema,
  companyPatchSchema,
  companyQuerySchema,
  companyRowSchema,
  companySchema,
} from '../../../contract/v3/companies.ts'
import { instantText } from '../../../contract/v3/kinds.ts'
import {
  addCompany,
  type Company,
  type CompanyDraft,
  type CompanyView,
  changeCompany,
  companyEmails,
  companyPhones,
  getCompany,
  getCompanyForChange,
  removeCompany,
  viewCompany,
} from '../../desk/companies/companies.ts'
import { companyCursor, searchCompanies } from '../../desk/companies/find.ts'
import { fieldValues } from '../../desk/fields/fields.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'
import { groupReferences, memberGroup } from './wire/groups.ts'

const row = (company: Company): z.input<typeof companyRowSchema> => ({
  id: company.id,
  name: company.name,
  datecreated: instantText(company.created_at),
  language: company.language,
  ip: company.ip,
  emails: companyEmails(company),
  phones: companyPhones(company),
})

const view = ({ company, groups, uniqueFields }: CompanyView): z.input<typeof companySchema> => ({
  ...row(company),
  note: company.note,
  groups: groups.map(memberGroup),
  custom_fields: fieldValues(company.custom_fields),
  unique_fields: uniqueFields,
})

const draftOf = ({
  groups,
  custom_fields,
  unique_fields,
  ...others
}: z.output<typeof companyPatchSchema>): Partial<CompanyDraft> => ({
  ...others,
  groups: groupReferences(groups),
  customFields: custom_fields,
  uniqueFields: unique_fields,
})

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/companies',
    summary: 'Companies by name.',
    query: companyQuerySchema,
    answer: z.object({ companies: z.array(companyRowSchema), next_cursor: z.string().nullable() }),
    handle: async ({ app, query }) => {
      const companies = await searchCompanies(app.database.reader, query)
      const last = companies.at(-1)
      return {
        companies: companies.map(row),
        next_cursor: last && companies.length === query.limit ? companyCursor(last) : null,
      }
    },
  }),
  v3({
    method: 'POST',
    url: '/api/v3/companies',
    summary: 'Adds a company.',
    body: companyDraftSchema,
    answer: companySchema,
    handle: async ({ app, body }) =>
      view(await app.database.write((tx) => addCompany(tx, { ...draftOf(body), name: body.name }))),
  }),
  v3({
    method: 'GET',
    url: '/api/v3/companies/:id',
    summary: 'One company.',
    path: byId,
    answer: companySchema,
    handle: async ({ app, path }) => {
      const db = app.database.reader
      return view(await viewCompany(db, await getCompany(db, path.id)))
    },
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/companies/:id',
    summary: 'Changes a company; a list replaces the one before.',
    path: byId,
    body: companyPatchSchema,
    answer: companySchema,
    handle: async ({ app, path, body }) =>
      view(
        await app.database.write(async (tx) =>
          changeCompany(tx, await getCompanyForChange(tx, path.id), draftOf(body)),
        ),
      ),
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/companies/:id',
    summary: 'Deletes a company; its customers stay, without one.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, path }) => {
      await app.database.write(async (tx) => removeCompany(tx, await getCompanyForChange(tx, path.id)))
      return DONE
    },
  }),
]
