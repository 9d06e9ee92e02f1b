import { redirect } from 'next/navigation'

/** The list of sources is the start of the knowledge area. */
export default function Page() {
  redirect('/knowledge')
}
