/** A request as a command for a POSIX shell; every part is quoted, so that nothing of it is run or expanded. */
export function curlOf(request: {
  method: string;
  url: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string | null;
}): string {
  const parts = [`curl -X ${quoted(request.method)} ${quoted(request.url)}`];
  for (const [name, value] of request.headers) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (request.body !== null && request.body !== '') parts.push(`--data-raw ${quoted(request.body)}`);
  return parts.join(' \\\n  ');
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
