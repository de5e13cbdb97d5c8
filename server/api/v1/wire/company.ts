// Companies as API v1 shows them.
import { type Company, type CompanyView, companyEmails, companyPhones } from '../../../desk/companies/companies.ts'
import type { GroupName } from '../../../desk/customers/groups.ts'
import { fieldValues } from '../../../desk/fields/fields.ts'
import { fieldRows } from './conversation.ts'
import { toDate } from './dates.ts'
import type { WireObject } from './envelope.ts'

/** A row of the list, where the e-mails are one text. */
export const companyRow = (company: Company, zone: string): WireObject => ({
  id: company.id,
  name: company.name,
  emails: companyEmails(company).join(','),
  datecreated: toDate(company.created_at, zone),
  ip: company.ip,
})

/** A single company. */
export const companyInfo = ({ company, groups, uniqueFields }: CompanyView, zone: string): WireObject => ({
  id: company.id,
  name: company.name,
  datecreated: toDate(company.created_at, zone),
  language: company.language,
  ip: company.ip,
  emails: companyEmails(company),
  phones: companyPhones(company),
  groups: groups.map(memberGroup),
  custom_fields: fieldRows(fieldValues(company.custom_fields)),
  unique_fields: fieldRows(uniqueFields),
})

/** A group as its members show it. */
export const memberGroup = ({ id, name }: GroupName) => ({ groupid: id, groupname: name })
