// GET /api/companies · GET /api/companies/:companyid
import { z } from 'zod'
import { int, needed } from '../../../contract/v1/params.ts'
import { getCompany, viewCompany } from '../../desk/companies/companies.ts'
import { listCompanies } from '../../desk/companies/find.ts'
import { v1 } from './route.ts'
import { companyInfo, companyRow } from './wire/company.ts'

export const routes = [
  // The document knows no pages here; whoever has many companies can ask for them as for customers.
  v1('GET', '/api/companies', z.object({ limitcount: int(), limitfrom: int() }), async ({ app, params, zone }) => {
    const page = { limit: params.limitcount, offset: params.limitfrom }
    const companies = await listCompanies(app.database.reader, page)
    return { companies: companies.map((company) => companyRow(company, zone)) }
  }),

  v1('GET', '/api/companies/:companyid', z.object({ companyid: needed() }), async ({ app, params, zone }) => {
    const db = app.database.reader
    return companyInfo(await viewCompany(db, await getCompany(db, params.companyid)), zone)
  }),
]
