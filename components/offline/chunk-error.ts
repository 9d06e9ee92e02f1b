/**
 * True for the failure to load a part of the app's own code: a script (webpack's ChunkLoadError), its styles, or a module imported by itself.
 * It happens when a new version was installed under an open tab, or without a connection.
 */
export function isChunkError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { name, message } = error
  return (
    name === 'ChunkLoadError' ||
    (error as { code?: unknown }).code === 'CSS_CHUNK_LOAD_FAILED' ||
    /^(?:Loading (?:CSS )?chunk \S+ failed|Failed to fetch dynamically imported module|Importing a module script failed)/.test(message)
  )
}
