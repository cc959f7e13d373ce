/** Keeps what was used last, up to a weight: what is asked again (a town, a profession) is not looked up again. */
export class Recent<V> {
  readonly #values = new Map<string, { value: V; weight: number }>();
  #weight = 0;

  constructor(
    readonly most: number,
    readonly weightOf: (value: V) => number = () => 1,
  ) {}

  get(key: string, make: () => V): V {
    const known = this.#values.get(key);
    if (known) {
      this.#values.delete(key);
      this.#values.set(key, known);
      return known.value;
    }
    const value = make();
    const weight = this.weightOf(value);
    if (weight > this.most) return value;
    this.#values.set(key, { value, weight });
    this.#weight += weight;
    for (const [oldest, { weight: its }] of this.#values) {
      if (this.#weight <= this.most) break;
      this.#values.delete(oldest);
      this.#weight -= its;
    }
    return value;
  }
}
