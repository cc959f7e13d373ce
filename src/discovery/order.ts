import type { Target } from "./types.js";

/**
 * The order in which targets are tried (RFC 2782): by priority, and within one by a chance that follows the weights. Targets without priority keep
 * their order.
 */
export function inOrder(targets: readonly Target[], fraction: () => number): Target[] {
  const byPriority = new Map<number, Target[]>();
  for (const target of targets) {
    const priority = target.priority ?? 0;
    byPriority.set(priority, [...(byPriority.get(priority) ?? []), target]);
  }
  return [...byPriority.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([, same]) => (same.some((target) => target.weight !== undefined) ? weighted(same, fraction) : same));
}

/** Those of weight 0 stand first in the running sum, in any order: they have a small chance beside others, and an equal one among themselves. */
function weighted(targets: readonly Target[], fraction: () => number): Target[] {
  const left = targets
    .map((target) => ({ target, weight: target.weight ?? 0, lot: fraction() }))
    .sort((a, b) => Math.min(1, a.weight) - Math.min(1, b.weight) || a.lot - b.lot);
  const ordered: Target[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    const drawn = Math.floor(fraction() * (total + 1));
    let sum = 0;
    const at = left.findIndex(({ weight }) => {
      sum += weight;
      return sum >= drawn;
    });
    for (const { target } of left.splice(Math.max(0, at), 1)) ordered.push(target);
  }
  return ordered;
}
