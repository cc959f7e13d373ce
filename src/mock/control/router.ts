import { ControlError } from "./failure.js";
import type { Method, Operation } from "./operation.js";

interface Route {
  segments: readonly string[];
  operation: Operation;
}

/** Finds the operation of a path. Words of a path go before its parameters: `/mails/wait` is not the mail `wait`. */
export class Router {
  readonly #routes: readonly Route[];

  constructor(operations: readonly Operation[]) {
    const routes = operations.map((operation) => ({ segments: operation.path.slice(1).split("/"), operation }));
    this.#routes = routes.sort((a, b) => parameters(a.segments) - parameters(b.segments));
  }

  /**
   * @param path below `/api`
   * @throws ControlError `not_found`, `method_not_allowed`, `invalid_argument` for a path that cannot be decoded
   */
  find(method: string, path: string): { operation: Operation; params: Record<string, string> } {
    const given = path.slice(1).split("/").map(decoded);
    const found = this.#routes.filter(({ segments }) => fits(segments, given));
    const route = found.find(({ operation }) => operation.method === method);
    if (!route) {
      if (found.length === 0) throw new ControlError("not_found", "The control API has no such path");
      const allowed = [...new Set(found.map(({ operation }) => operation.method as Method))];
      throw new ControlError("method_not_allowed", "The path has no such method", { hint: allowed.join(", ") });
    }
    const params = route.segments.flatMap((segment, index) =>
      segment.startsWith("{") ? [[segment.slice(1, -1), given[index] ?? ""] as const] : [],
    );
    return { operation: route.operation, params: Object.fromEntries(params) };
  }
}

const parameters = (segments: readonly string[]): number =>
  segments.filter((segment) => segment.startsWith("{")).length;

function fits(segments: readonly string[], given: readonly string[]): boolean {
  return (
    segments.length === given.length &&
    segments.every((segment, index) => (segment.startsWith("{") ? given[index] !== "" : segment === given[index]))
  );
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ControlError("invalid_argument", "The path cannot be decoded");
  }
}
