export interface DepartmentRow {
  id: string
  name: string
  description: string
  position: number
  created_at: number
  deleted_at: number | null
}

/** Who works in which department, and for which services (letters of `MPRT`) he has set himself available there. */
export interface DepartmentAgentRow {
  department_id: string
  agent_id: string
  preset_status: string
}

/** How many conversations a department has in a status: see counts.ts. */
export interface DepartmentCountRow {
  department_id: string
  status: string
  conversations: number
}
