const RealDate = globalThis.Date

/** Puts the clock of this process, and of the engine embedded in it, so far from the real one; 0 puts it right again. Time that passes is not touched. */
export function putClock(offsetMs: number): void {
  globalThis.Date =
    offsetMs === 0
      ? RealDate
      : new Proxy(RealDate, {
          construct: (date, given, newTarget) => Reflect.construct(date, given.length > 0 ? given : [date.now() + offsetMs], newTarget),
          get: (date, name, receiver) => (name === 'now' ? () => date.now() + offsetMs : Reflect.get(date, name, receiver)),
        })
}
