/** The two databases that Deskhand runs on. */
export type Engine = 'sqlite' | 'postgres'
