export const chromiumFlags: string[]
export const missingChromium: string
export function findChromium(): string | null
