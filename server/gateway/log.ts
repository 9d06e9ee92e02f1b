import pino from 'pino'
import { scrub } from './scrub.ts'

export type Logger = pino.Logger

/** How long a line may wait for others. */
const longestWaitMs = 100

interface LoggedError {
  type: string
  message: string
  code?: unknown
  stack?: string
  cause?: LoggedError
}

/**
 * An error without what the caller sent: database drivers quote parameters and rows in message and detail, so a failed statement keeps
 * its text only, and the frames of a stack are kept without the message that stands above them.
 */
function describeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'thrown without being an Error' }
  const { code, cause } = error as Error & { code?: unknown }
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line))
  return {
    type: error.name,
    message: scrub(error.message.replace(/\nparams: [\s\S]*$/, '')),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(frames?.length ? { stack: frames.join('\n') } : {}),
    ...(cause !== undefined && depth < 4 ? { cause: describeError(cause, depth + 1) } : {}),
  }
}

/**
 * JSON lines with timestamp, level, logger and message. Secrets are removed three times over: fields by name, errors by shape, and every
 * finished line by what it looks like (scrub.ts). Bodies, queries and headers are never given to it.
 */
export function createLogger(level: string, destination?: pino.DestinationStream): Logger {
  // A write of its own for every line would cost more than the rest of the line. What waits is written when the process ends, too.
  const out = destination ?? pino.destination({ dest: 1, sync: false, minLength: 4_096, periodicFlush: longestWaitMs })
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), bindings: () => ({}) },
      redact: {
        paths: ['password', 'authorization', 'cookie', 'token', 'secret'].flatMap((name) => [name, `*.${name}`]),
        censor: '[removed]',
      },
      serializers: { err: (error: unknown) => describeError(error) },
    },
    { write: (line) => void out.write(scrub(line)) },
  )
}

/** A child that names the part of AIA it speaks for. */
export const namedLogger = (log: Logger, name: string): Logger => log.child({ logger: name })
