import pino from 'pino'

export type Logger = pino.Logger

/** JSON lines with timestamp, level, logger and message. Secrets are removed by name; bodies are never logged. */
export function createLogger(level: string, destination?: pino.DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), bindings: () => ({}) },
      redact: {
        paths: ['password', '*.password', 'authorization', '*.authorization', 'cookie', '*.cookie', 'token', '*.token'],
        censor: '[removed]',
      },
      serializers: { err: pino.stdSerializers.err },
    },
    destination ?? pino.destination(1),
  )
}

/** A child that names the part of AIA it speaks for. */
export const namedLogger = (log: Logger, name: string): Logger => log.child({ logger: name })
