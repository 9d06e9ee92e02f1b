// What goes wrong during set-up, said in words that tell a person what to do next.

/** An expected failure: `message` says what failed, `advice` what to do, `details` the evidence (last lines of a log). */
export class SetupFailure extends Error {
  constructor(message, { advice = [], details = '' } = {}) {
    super(message)
    this.name = 'SetupFailure'
    this.advice = advice
    this.details = details
  }
}

const causes = [
  {
    signs: /ENOSPC|no space left on device/i,
    advice: () => 'The disk is full. Packages and build need about 2 GB: free some space, then run the same command again.',
  },
  {
    signs: /UNABLE_TO_GET_ISSUER|SELF_SIGNED_CERT|UNABLE_TO_VERIFY|CERT_HAS_EXPIRED/,
    advice: () => 'The registry’s certificate is not trusted here. Behind a company proxy, set NODE_EXTRA_CA_CERTS to its certificate file.',
  },
  {
    signs: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network/,
    advice: () => 'The package registry cannot be reached. Check the network; behind a proxy set HTTPS_PROXY, then run the same command again.',
  },
  {
    signs: /E40[13]\b|Unable to authenticate/,
    advice: () => 'The package registry refuses this login. Check the registry and token in your .npmrc.',
  },
  {
    signs: /EINTEGRITY/,
    advice: () => 'A downloaded package does not match the lock file. Run `npm cache clean --force`, then the same command again.',
  },
  {
    signs: /heap out of memory|SIGKILL|Killed|ENOMEM/i,
    advice: () => 'The machine ran out of memory. The build needs about 2.5 GB free: close other programs, then run the same command again.',
  },
  {
    signs: /EACCES|EPERM|EROFS/,
    advice: (projectDir) => `A file cannot be written. Check that you own ${projectDir} and everything in it (an earlier run as root?).`,
  },
]

/** The advice that fits the output of a failed command; [] when nothing is recognised. Disk and certificates win over their follow-ups. */
export function adviceFor(output, projectDir) {
  const cause = causes.find(({ signs }) => signs.test(output))
  return cause ? [cause.advice(projectDir)] : []
}

/** Prints a failure and ends the process. An unexpected error keeps its stack: it is a defect, not a condition. */
export function reportAndExit(error) {
  if (!(error instanceof SetupFailure)) {
    console.error(error)
    process.exit(1)
  }
  console.error(`\nAIA: ${error.message}`)
  if (error.details) console.error(`\n${error.details.trimEnd()}\n`)
  for (const line of error.advice) console.error(`  → ${line}`)
  process.exit(1)
}
