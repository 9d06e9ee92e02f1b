'use client'
import { useFrame, useThree } from '@react-three/fiber'
import { useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { Color } from 'three'
import { CameraRig } from './camera-rig'
import type { GraphSceneProps } from './graph-scene'
import { GraphView } from './graph-view'
import { useLongestTask } from './longest-task'
import { channels, useSceneColours } from './scene-colours'
import { useSceneKeys } from './scene-keys'
import { useScenePointer } from './scene-pointer'

/** How long a camera has to be still until it counts as resting. */
const restMs = 200

/** What is inside the canvas: keeps the view of three.js in step with the props. */
export function SceneContent(props: GraphSceneProps) {
  const {
    graph,
    positionsVersion,
    flat,
    shown,
    selected,
    lit,
    hovered: pointed = -1,
    camera: begin,
    onSelect,
    onHover,
    onOpen,
    onCamera,
    onLost,
    handle,
    children,
  } = props
  const renderer = useThree((state) => state.gl)
  const scene = useThree((state) => state.scene)
  const size = useThree((state) => state.size)
  const ratio = useThree((state) => state.viewport.dpr)
  const invalidate = useThree((state) => state.invalidate)
  const set = useThree((state) => state.set)
  const get = useThree((state) => state.get)
  const colours = useSceneColours()
  const view = useMemo(() => new GraphView(graph), [graph])
  const rig = useMemo(() => new CameraRig(), [])
  const [hovered, setHovered] = useState(-1)
  const tasks = useLongestTask()
  const drawn = useRef(false)
  const latest = useRef({ onCamera, onLost, shown })
  latest.current = { onCamera, onLost, shown }

  useEffect(() => () => view.dispose(), [view])

  useLayoutEffect(() => {
    rig.resize(size.width, size.height)
    invalidate()
  }, [rig, size.width, size.height, invalidate])

  useLayoutEffect(() => {
    if (positionsVersion >= 0) view.move()
    rig.bound(graph.positions)
    invalidate()
  }, [view, rig, graph, positionsVersion, invalidate])

  useLayoutEffect(() => {
    const motion = window.matchMedia('(prefers-reduced-motion: reduce)')
    const read = () => {
      rig.reducedMotion = motion.matches
    }
    read()
    motion.addEventListener('change', read)
    return () => motion.removeEventListener('change', read)
  }, [rig])

  useLayoutEffect(() => {
    rig.flat = flat
    if (!renderer.xr.isPresenting) set({ camera: rig.camera as ReturnType<typeof get>['camera'] })
    invalidate()
  }, [rig, flat, renderer, set, invalidate])

  const begun = useRef(false)
  useLayoutEffect(() => {
    if (begun.current || graph.count === 0) return
    begun.current = true
    if (begin) rig.begin(begin)
    else rig.fit(graph.positions, null, true)
    invalidate()
  }, [rig, graph, begin, invalidate])

  useLayoutEffect(() => {
    rig.controls.connect(renderer.domElement)
    const changed = () => invalidate()
    rig.controls.addEventListener('change', changed)
    return () => {
      rig.controls.removeEventListener('change', changed)
      rig.controls.disconnect()
    }
  }, [rig, renderer, invalidate])

  useLayoutEffect(() => {
    view.paint({ shown, selected, lit, hovered: hovered >= 0 ? hovered : pointed })
    invalidate()
  }, [view, shown, selected, lit, hovered, pointed, invalidate])

  useLayoutEffect(() => {
    renderer.setClearColor(new Color().fromArray(channels(colours.ground)), 1)
    const family = getComputedStyle(renderer.domElement).fontFamily
    view.style(colours, ratio, family)
    invalidate()
    const came = () => {
      view.forgetLetters()
      invalidate()
    }
    document.fonts.addEventListener('loadingdone', came)
    return () => document.fonts.removeEventListener('loadingdone', came)
  }, [view, renderer, colours, ratio, invalidate])

  useEffect(() => {
    const canvas = renderer.domElement
    const lost = () => latest.current.onLost?.(true)
    const restored = () => {
      view.forgetLetters()
      latest.current.onLost?.(false)
      invalidate()
    }
    canvas.addEventListener('webglcontextlost', lost)
    canvas.addEventListener('webglcontextrestored', restored)
    return () => {
      canvas.removeEventListener('webglcontextlost', lost)
      canvas.removeEventListener('webglcontextrestored', restored)
    }
  }, [renderer, view, invalidate])

  const rest = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(rest.current), [])
  useFrame(({ camera, gl }) => {
    // The first picture makes the shaders; what comes after its task counts.
    if (!drawn.current) setTimeout(tasks.begin)
    drawn.current = true
    const presenting = gl.xr.isPresenting
    const moving = !presenting && rig.update(performance.now())
    if (moving) {
      clearTimeout(rest.current)
      rest.current = setTimeout(() => latest.current.onCamera?.(rig.current()), restMs)
    }
    // In a headset three.js moves the camera itself.
    if (!presenting) camera.updateMatrixWorld()
    const distance = rig.camera.position.distanceTo(rig.target)
    if (view.frame(gl, camera, size, distance, rig.reach) || moving) invalidate()
  })

  const hover = (node: number) => {
    setHovered(node)
    onHover?.(node)
  }
  useScenePointer({ pick: (x, y, reach) => view.pick(rig.camera, size, x, y, reach), onHover: hover, onSelect, onOpen })

  useSceneKeys({
    turn: (right, up) => {
      rig.turn(right, up)
      invalidate()
    },
    zoom: (factor) => {
      rig.zoomBy(factor)
      invalidate()
    },
    everything: () => {
      rig.fit(graph.positions, shownOf(shown))
      invalidate()
    },
  })

  useImperativeHandle(handle, () => {
    const then = (act: () => void) => {
      act()
      invalidate()
    }
    return {
      focus: (node) => then(() => node >= 0 && node < graph.count && rig.focus(graph.positions, node)),
      fit: (nodes) => then(() => rig.fit(graph.positions, nodes ?? shownOf(latest.current.shown))),
      zoom: (factor) => then(() => rig.zoomBy(factor)),
      camera: () => rig.current(),
      image: () =>
        new Promise((resolve, reject) => {
          // The picture is read in the same task in which it is drawn: later the browser may have cleared it.
          renderer.render(scene, get().camera)
          renderer.domElement.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.'))), 'image/png')
        }),
      pick: (x, y) => view.pick(rig.camera, size, x, y),
      project: (node) => view.project(rig.camera, size, node),
      stats: () => ({ ...view.stats(renderer, rig.camera, size), longestTaskMs: tasks.longestMs() }),
    }
  }, [graph, view, rig, renderer, scene, size, get, invalidate, tasks])

  return (
    <>
      <primitive object={view.layers.root} dispose={null} />
      {children}
    </>
  )
}

/** Numbers of the nodes that pass the filters; null = all. */
function shownOf(shown: Uint8Array | null): number[] | null {
  if (!shown) return null
  const nodes: number[] = []
  for (let node = 0; node < shown.length; node++) if (shown[node] === 1) nodes.push(node)
  return nodes
}
