/** What other apps share is taken by the service worker (components/offline/share-target.ts). Where there is none, nothing can be taken: to the place where documents are added. */
const toKnowledge = () => new Response(null, { status: 303, headers: { location: '/knowledge' } })

export const GET = toKnowledge
export const POST = toKnowledge
