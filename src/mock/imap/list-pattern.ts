import { SyntaxProblem } from "./syntax.js";

/** `%` stops at a level, `*` does not. Matched without backtracking: a hostile pattern must not hold the process. */
export function listMatcher(pattern: string, delimiter: string): (name: string) => boolean {
  if (pattern.length > 500) throw new SyntaxProblem("The pattern is too long");
  const wanted = /^inbox$/i.test(pattern) ? "INBOX" : pattern;
  return (name) => {
    // States: positions of the pattern that the name read so far can have reached.
    let states = closure(new Set([0]), wanted);
    for (const char of name) {
      const next = new Set<number>();
      for (const state of states) {
        const at = wanted[state];
        if (at === "*" || (at === "%" && char !== delimiter)) next.add(state);
        else if (at === char) next.add(state + 1);
      }
      states = closure(next, wanted);
    }
    return states.has(wanted.length);
  };
}

function closure(states: Set<number>, pattern: string): Set<number> {
  for (const state of states) if (pattern[state] === "*" || pattern[state] === "%") states.add(state + 1);
  return states;
}
