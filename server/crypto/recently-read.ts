/** For so long a process may go on with what it read, while another has changed it. */
export const reloadMs = 60_000

/** What a process read last and may use for a minute, such as keys. Those who ask at once share one reading; a failed one is not kept. */
export class RecentlyRead<T> {
  #reading: Promise<T> | undefined
  #at = 0

  get(read: () => Promise<T>): Promise<T> {
    // A clock that was put back must not make it last longer.
    if (!this.#reading || Math.abs(Date.now() - this.#at) > reloadMs) {
      this.#at = Date.now()
      this.#reading = read().catch((error) => {
        this.forget()
        throw error
      })
    }
    return this.#reading
  }

  forget(): void {
    this.#reading = undefined
  }
}
