import { inRows, type Named } from './line-looks'

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

const [scale, margin, headingHeight] = [2, 16, 40]
const [rowHeight, swatchWidth, gap] = [22, 20, 16]

/** The swatches and names of lines, from `top` on. */
function drawNames(draw: CanvasRenderingContext2D, names: readonly Named[], places: ReturnType<typeof inRows>, top: number, width: number): void {
  places.forEach(({ x, row }, index) => {
    const { name, colour, dash } = names[index] as Named
    const [left, middle] = [margin + x, top + (row + 0.5) * rowHeight]
    draw.strokeStyle = colour
    draw.lineWidth = 3
    draw.setLineDash(dash?.split(' ').map(Number) ?? [])
    draw.beginPath()
    draw.moveTo(left, middle)
    draw.lineTo(left + swatchWidth, middle)
    draw.stroke()
    draw.fillText(name, left + swatchWidth + 6, middle, width - x - swatchWidth - 6)
  })
}

/**
 * A drawing of the page as a picture, with a heading above it and the names of its lines below, on the page's own ground, in twice its size.
 * @throws Error when the browser cannot draw it
 */
export async function pictureOf(svg: SVGSVGElement, heading: string, names: readonly Named[]): Promise<Blob> {
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
  const canvas = document.createElement('canvas')
  const draw = canvas.getContext('2d')
  if (!draw) throw new Error('This browser draws no pictures.')
  const page = getComputedStyle(document.body)
  const font = `${page.fontSize} ${page.fontFamily}`
  draw.font = font
  const places = inRows(
    names.map(({ name }) => swatchWidth + 6 + draw.measureText(name).width),
    width,
    gap,
  )
  const namesHeight = places.length > 0 ? ((places.at(-1)?.row ?? 0) + 1) * rowHeight + margin / 2 : 0
  const wholeHeight = headingHeight + height + namesHeight + margin
  // Giving it its size makes everything as it was at first.
  canvas.width = scale * (width + 2 * margin)
  canvas.height = scale * wholeHeight
  draw.scale(scale, scale)
  draw.fillStyle = page.backgroundColor
  draw.fillRect(0, 0, width + 2 * margin, wholeHeight)
  draw.fillStyle = page.color
  draw.font = `600 ${font}`
  draw.fillText(heading, margin, 26, width)
  draw.drawImage(image, margin, headingHeight, width, height)
  draw.font = font
  draw.textBaseline = 'middle'
  drawNames(draw, names, places, headingHeight + height + margin / 2, width)
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.'))), 'image/png'),
  )
}
