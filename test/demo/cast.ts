// Looking into the cast of a demonstration.
import type { Cast } from '../../server/demo/cast.ts'
import type { Agent } from '../../server/desk/agents/agents.ts'

/** Somebody who takes chats (T) or calls (P) in a department, by its number. */
export function agentTaking(cast: Cast, department: number, service: 'P' | 'T'): Agent {
  const id = cast.departments[department]?.id
  const place = cast.presets.findIndex((presets) =>
    presets.some(({ departmentId, services }) => departmentId === id && services.includes(service)),
  )
  const agent = cast.agents[place]
  if (!agent) throw new Error(`nobody takes ${service} in department ${department}`)
  return agent
}
