'use client'
import { CssBaseline } from '@mui/material'
import { ThemeProvider } from '@mui/material/styles'
import { QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { createQueryClient } from '@/components/api/queries'
import { NoticeProvider } from '@/components/ui/notices'
import { theme } from '@/components/ui/theme'

export function Providers({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient)
  return (
    <ThemeProvider theme={theme} defaultMode="system">
      <CssBaseline />
      <QueryClientProvider client={queryClient}>
        <NoticeProvider>{children}</NoticeProvider>
      </QueryClientProvider>
    </ThemeProvider>
  )
}
