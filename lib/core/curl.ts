/** A request as a command for a POSIX shell: `curl`, ready to paste. */

export interface CurlRequest {
  method: string;
  url: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string | null;
}

/** Header lines that curl writes by itself from the body and the URL. */
const OWN_HEADERS = new Set(['content-length', 'host', 'connection', 'accept-encoding']);

/**
 * Writes a request as a curl command, one option a line. Redirects are not followed and the body is sent byte for byte,
 * as Hookline does.
 */
export function toCurl({ method, url, headers, body }: CurlRequest): string {
  const options = [
    ...(method === (body === null ? 'GET' : 'POST') ? [] : [`--request ${method}`]),
    // curl would read [ ] { } in a URL as patterns.
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
    ...headers
      .filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()))
      // "Name;" is how curl sends a header with an empty value.
      .map(([name, value]) => `--header ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`),
    ...(body === null ? [] : [`--data-raw ${quoted(body)}`]),
  ];
  return [`curl ${quoted(url)}`, ...options.map((option) => `  ${option}`)].join(' \\\n');
}

/** In single quotes; a quote inside ends them, stands escaped, and begins them again. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
