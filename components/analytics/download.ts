/** Gives the person a file. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** What a drawing keeps of its looks: its classes mean nothing outside the page. */
const kept = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
  'visibility',
] as const

/**
 * A drawing of the page as a picture, with a heading, on the page's own ground, in twice its size.
 * @throws Error when the browser cannot draw it
 */
export async function pictureOf(svg: SVGSVGElement, heading: string): Promise<Blob> {
  const { width, height } = svg.getBoundingClientRect()
  const copy = svg.cloneNode(true) as SVGSVGElement
  const [originals, copies] = [svg.querySelectorAll('*'), copy.querySelectorAll('*')]
  originals.forEach((original, index) => {
    const style = getComputedStyle(original)
    for (const name of kept) (copies[index] as SVGElement).style.setProperty(name, style.getPropertyValue(name))
  })
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('width', String(width))
  copy.setAttribute('height', String(height))
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`
  await image.decode()
  const [scale, margin, headingHeight] = [2, 16, 40]
  const canvas = document.createElement('canvas')
  canvas.width = scale * (width + 2 * margin)
  canvas.height = scale * (height + headingHeight + margin)
  const draw = canvas.getContext('2d')
  if (!draw) throw new Error('This browser draws no pictures.')
  const page = getComputedStyle(document.body)
  draw.scale(scale, scale)
  draw.fillStyle = page.backgroundColor
  draw.fillRect(0, 0, width + 2 * margin, height + headingHeight + margin)
  draw.fillStyle = page.color
  draw.font = `600 ${page.fontSize} ${page.fontFamily}`
  draw.fillText(heading, margin, 26, width)
  draw.drawImage(image, margin, headingHeight, width, height)
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.'))), 'image/png'),
  )
}
