// Every table, one line each; the columns are described where the arrow points.
import type { AgentRow } from '../desk/agents/tables.ts'
import type { CompanyRow } from '../desk/companies/tables.ts'
import type { ConversationRow, MessageGroupRow, MessageRow } from '../desk/conversations/tables.ts'
import type { CustomerGroupRow, CustomerRow, GroupMemberRow } from '../desk/customers/tables.ts'
import type { DepartmentAgentRow, DepartmentCountRow, DepartmentRow } from '../desk/departments/tables.ts'
import type { FieldRow, UniqueFieldRow } from '../desk/fields/tables.ts'
import type { FilePartRow, FileRow } from '../desk/files/tables.ts'
import type { ApiKeyRow, SessionRow } from '../desk/keys/tables.ts'
import type { KbEntryRow, KnowledgebaseRow } from '../desk/knowledge/tables.ts'
import type {
  ConversationLinkRow,
  ConversationMoveRow,
  MailRow,
  MailRuleRow,
  MailTemplateRow,
  OneTimeLinkRow,
  RawMailContentRow,
  RawMailRow,
  SignatureRow,
  ThreadIdRow,
} from '../desk/mail/tables.ts'
import type { MailboxPositionRow, MailboxRow } from '../desk/mailboxes/tables.ts'
import type { FactRow, LoadChangeRow, LoadDayRow, RollupPositionRow, RollupRow } from '../desk/metrics/tables.ts'
import type { OutboxRow } from '../desk/outbox/tables.ts'
import type { OnlineStretchRow, PresenceConnectionRow } from '../desk/presence/tables.ts'
import type { SettingRow } from '../desk/settings/tables.ts'
import type { SlaClockRow, SlaLevelRow, SlaRuleRow } from '../desk/sla/tables.ts'
import type { ConversationTagRow, TagRow } from '../desk/tags/tables.ts'
import type { EventRow } from '../events/tables.ts'
import type { JobRow } from '../jobs/tables.ts'

export interface Tables {
  settings: SettingRow
  api_keys: ApiKeyRow
  sessions: SessionRow
  agents: AgentRow
  departments: DepartmentRow
  department_agents: DepartmentAgentRow
  department_counts: DepartmentCountRow
  presence_connections: PresenceConnectionRow
  online_stretches: OnlineStretchRow
  customers: CustomerRow
  customer_groups: CustomerGroupRow
  group_members: GroupMemberRow
  companies: CompanyRow
  fields: FieldRow
  unique_fields: UniqueFieldRow
  tags: TagRow
  conversation_tags: ConversationTagRow
  files: FileRow
  file_parts: FilePartRow
  conversations: ConversationRow
  message_groups: MessageGroupRow
  messages: MessageRow
  thread_ids: ThreadIdRow
  conversation_links: ConversationLinkRow
  conversation_moves: ConversationMoveRow
  mailboxes: MailboxRow
  mailbox_positions: MailboxPositionRow
  raw_mails: RawMailRow
  raw_mail_contents: RawMailContentRow
  mails: MailRow
  outbox: OutboxRow
  mail_templates: MailTemplateRow
  signatures: SignatureRow
  mail_rules: MailRuleRow
  one_time_links: OneTimeLinkRow
  sla_levels: SlaLevelRow
  sla_rules: SlaRuleRow
  sla_clocks: SlaClockRow
  facts: FactRow
  load_changes: LoadChangeRow
  load_days: LoadDayRow
  rollups: RollupRow
  rollup_positions: RollupPositionRow
  knowledgebases: KnowledgebaseRow
  kb_entries: KbEntryRow
  events: EventRow
  jobs: JobRow
}
