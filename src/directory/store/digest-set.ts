/** Which entries were seen, by their digest: two flat arrays, 12 bytes a place, instead of a Set of half a million objects. */
export class DigestSet {
  #digests = new Float64Array(1 << 16);
  #entries = new Int32Array(1 << 16);
  #size = 0;

  /** The entry that has this digest; 0 where it is new, and then it is kept as `entry`'s. */
  seen(digest: number, entry: number): number {
    if (this.#size * 2 >= this.#digests.length) this.#grow();
    const at = this.#place(digest);
    const known = this.#entries[at] ?? 0;
    if (known !== 0) return known;
    this.#digests[at] = digest;
    this.#entries[at] = entry;
    this.#size += 1;
    return 0;
  }

  #place(digest: number): number {
    const mask = this.#digests.length - 1;
    let at = (digest % 4294967296) & mask;
    while (this.#entries[at] !== 0 && this.#digests[at] !== digest) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const [digests, entries] = [this.#digests, this.#entries];
    this.#digests = new Float64Array(digests.length * 2);
    this.#entries = new Int32Array(entries.length * 2);
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at] ?? 0;
      if (entry === 0) continue;
      const place = this.#place(digests[at] ?? 0);
      this.#digests[place] = digests[at] ?? 0;
      this.#entries[place] = entry;
    }
  }
}
