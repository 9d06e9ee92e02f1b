'use client'
import { Alert, Button, Snackbar } from '@mui/material'
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import { toProblem } from '@/components/api/problem'

type Notice = { id: number; tone: 'success' | 'error' | 'info'; text: string; action?: { label: string; run: () => void } }
type Notify = {
  say: (text: string, action?: Notice['action']) => void
  fail: (what: string, error: unknown) => void
}

const Context = createContext<Notify>({ say: () => undefined, fail: () => undefined })
export const useNotices = () => useContext(Context)

/** Short messages about what was just done, or what failed; spoken by screen readers. */
export function NoticeProvider({ children }: { children: ReactNode }) {
  const [notice, setNotice] = useState<Notice | null>(null)
  const [open, setOpen] = useState(false)
  const show = useCallback((next: Omit<Notice, 'id'>) => {
    setNotice({ ...next, id: Date.now() })
    setOpen(true)
  }, [])
  const value = useMemo<Notify>(
    () => ({
      say: (text, action) => show({ tone: 'success', text, ...(action ? { action } : {}) }),
      fail: (what, error) => {
        const problem = toProblem(error)
        if (problem.status === 401) return
        show({ tone: 'error', text: `${what} ${problem.message}${problem.requestId ? ` (request ${problem.requestId})` : ''}` })
      },
    }),
    [show],
  )
  const close = () => setOpen(false)
  return (
    <Context value={value}>
      {children}
      <Snackbar
        key={notice?.id}
        open={open}
        autoHideDuration={notice?.tone === 'error' ? 12_000 : 5_000}
        onClose={(_, reason) => reason !== 'clickaway' && close()}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
        className="max-sm:!bottom-20"
      >
        <Alert
          severity={notice?.tone ?? 'info'}
          variant="outlined"
          onClose={close}
          className="!items-center !bg-raised"
          {...(notice?.action
            ? {
                action: (
                  <Button
                    onClick={() => {
                      notice.action?.run()
                      close()
                    }}
                  >
                    {notice.action.label}
                  </Button>
                ),
              }
            : {})}
        >
          {notice?.text}
        </Alert>
      </Snackbar>
    </Context>
  )
}
