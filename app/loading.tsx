import { SkeletonRows } from '@/components/ui/states'

export default function Loading() {
  return (
    <div className="p-6">
      <SkeletonRows rows={4} />
    </div>
  )
}
