export const projectDir: string
export const standaloneDir: string
export function serverEnvironment(given?: Record<string, string | undefined>): NodeJS.ProcessEnv
