/** What an administrator must put right before Deskhand can run: shown as it is, one line, without a stack. */
export class SetupError extends Error {}
