const escaped = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)

/** What a person sees when a program sent it with a request that cannot be answered, and that may not be sent back. No script, no style. */
export const errorPage = ({ error, error_description: why }: { error: string; error_description?: string }): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
  `<meta name="color-scheme" content="dark light"><title>This request cannot be answered · AIA</title></head><body><main>` +
  `<h1>This request cannot be answered</h1><p>The program that sent you here asked for something that AIA refuses.</p>` +
  `<p><code>${escaped(error)}</code>${why ? `: ${escaped(why)}` : ''}</p><p><a href="/">To AIA</a></p></main></body></html>`
