// Every table, one line each; the columns are described where the arrow points.
import type { AgentRow } from '../desk/agents/tables.ts'
import type { CallRecordingRow, CallRow } from '../desk/calls/tables.ts'
import type { ChatRow, VisitorRow } from '../desk/chats/tables.ts'
import type { CompanyRow } from '../desk/companies/tables.ts'
import type { ConversationRow, MessageGroupRow, MessageRow } from '../desk/conversations/tables.ts'
import type { CustomerGroupRow, CustomerPhoneRow, CustomerRow, GroupMemberRow } from '../desk/customers/tables.ts'
import type { DepartmentAgentRow, DepartmentCountRow, DepartmentRow } from '../desk/departments/tables.ts'
import type { FieldRow, UniqueFieldRow } from '../desk/fields/tables.ts'
import type { FilePartRow, FileRow } from '../desk/files/tables.ts'
import type { ApiKeyRow, LiveTicketRow, SessionRow } from '../desk/keys/tables.ts'
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
import type {
  FactRow,
  LoadChangeRow,
  LoadCourseRow,
  LoadStayRow,
  LoadSumRow,
  RollupPositionRow,
  RollupRow,
} from '../desk/metrics/tables.ts'
import type { OutboxRow } from '../desk/outbox/tables.ts'
import type { OnlineDayRow, OnlineStretchRow, PresenceConnectionRow } from '../desk/presence/tables.ts'
import type { RatingRow } from '../desk/ratings/tables.ts'
import type { AgentCapacityRow, AgentTurnRow, OfferRow, RoutingRow } from '../desk/routing/tables.ts'
import type { SettingRow } from '../desk/settings/tables.ts'
import type { SlaClockRow, SlaLevelRow, SlaRollupRow, SlaRuleRow } from '../desk/sla/tables.ts'
import type { ConversationTagRow, TagRow } from '../desk/tags/tables.ts'
import type { EventRow, ForgottenEventRow } from '../events/tables.ts'
import type { JobRow } from '../jobs/tables.ts'

export interface Tables {
  settings: SettingRow
  api_keys: ApiKeyRow
  sessions: SessionRow
  live_tickets: LiveTicketRow
  agents: AgentRow
  departments: DepartmentRow
  department_agents: DepartmentAgentRow
  department_counts: DepartmentCountRow
  presence_connections: PresenceConnectionRow
  online_stretches: OnlineStretchRow
  online_days: OnlineDayRow
  customers: CustomerRow
  customer_phones: CustomerPhoneRow
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
  sla_rollups: SlaRollupRow
  visitors: VisitorRow
  chats: ChatRow
  calls: CallRow
  call_recordings: CallRecordingRow
  offers: OfferRow
  routing: RoutingRow
  agent_capacities: AgentCapacityRow
  agent_turns: AgentTurnRow
  ratings: RatingRow
  facts: FactRow
  load_changes: LoadChangeRow
  load_stays: LoadStayRow
  load_courses: LoadCourseRow
  load_sums: LoadSumRow
  rollups: RollupRow
  rollup_positions: RollupPositionRow
  knowledgebases: KnowledgebaseRow
  kb_entries: KbEntryRow
  events: EventRow
  forgotten_events: ForgottenEventRow
  jobs: JobRow
}
