/** The life of a call. */
export interface CallRow {
  id: string
  conversation_id: string
  /** Where it waits: that of its conversation while it opens or holds it. */
  department_id: string
  /** `incoming`, `outgoing` or `internal`. */
  direction: string
  /** `queued`, `ringing`, `talking`, `offline` (may leave a voicemail) or `ended`. */
  state: string
  /** Who has it, or had it last; of a call that an agent makes, this agent. */
  agent_id: string | null
  /** The agent whom an internal call is for. */
  target_id: string | null
  /** Telephone numbers, or whatever the telephony side calls both ends. */
  caller: string
  callee: string
  /** What the telephony side calls it. */
  reference: string | null
  /** The message group that stands for it. */
  group_seq: number
  /** The status of the conversation that it was made from; null: it has opened its own. */
  status_before: string | null
  started_at: number
  /** When it last came into the queue. */
  queued_at: number
  /** Since when nobody is asked twice: see ring.ts. */
  round_at: number
  /** When it was answered first. */
  answered_at: number | null
  /** Since when whoever has it now talks; null: nobody does. */
  taken_at: number | null
  /** Milliseconds of talk before that: with those who have handed it on. */
  talked: number
  ended_at: number | null
  /** `caller`, `callee`, `agent` or `system`. */
  ended_by: string | null
  /** 1: somebody was online for calls in its department when it came. */
  was_online: number
  /** When somebody last said something about it. */
  heard_at: number
  /** Without another word, it is over from then on. */
  expires_at: number
}

/** A recording of a call, or a voicemail left in its place. */
export interface CallRecordingRow {
  call_id: string
  /** What the telephony side calls it: said again, it is the same one. */
  reference: string
  /** `recording` or `voicemail`. */
  kind: string
  file_id: string
  created_at: number
}
