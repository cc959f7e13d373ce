import type { HttpSurface, Observation } from "../../seams/observations.js";

type Http = Extract<Observation, { kind: "http" }>;
/** What of a request only its own surface knows. */
export type Told = Partial<Pick<Http, "operation" | "clientAuth" | "error">>;

/** What the requests to a path are observed as. */
export interface Surface {
  surface: HttpSurface;
  /** `token`, `Practitioner`, `issuer.crl`, … */
  operation: string;
  /** Names of parameters whose value is a secret. */
  secrets?: readonly string[];
  /** Looks at copies: neither body is used up. */
  tell?: (request: Request, response: Response) => Told | Promise<Told>;
}

const FORM = "application/x-www-form-urlencoded";

/** The observation of one request and its answer. A parameter given several times has its values joined by ` & `. */
export async function seen(
  surface: Surface,
  request: Request,
  response: Response,
): Promise<Omit<Http, "v" | "at" | "connection">> {
  const url = new URL(request.url);
  const told = (await surface.tell?.(request.clone(), response.clone())) ?? {};
  const parameters: Record<string, string> = Object.create(null) as Record<string, string>;
  const read = (given: URLSearchParams): void => {
    for (const [name, value] of given) {
      const shown = surface.secrets?.includes(name) ? "[credential]" : value;
      const before = parameters[name];
      parameters[name] = before === undefined ? shown : `${before} & ${shown}`;
    }
  };
  read(url.searchParams);
  if (request.headers.get("content-type")?.toLowerCase().startsWith(FORM))
    read(new URLSearchParams(await request.text()));
  return {
    kind: "http",
    surface: surface.surface,
    operation: surface.operation,
    method: request.method,
    path: url.pathname,
    parameters: { ...parameters },
    status: response.status,
    ...told,
  };
}
