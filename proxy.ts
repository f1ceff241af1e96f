import { type NextRequest, NextResponse } from 'next/server';

/**
 * Before every page: a Content-Security-Policy with a nonce of this request, which Next.js puts on its own scripts. Pages
 * load nothing from another host. Who may see a page is not decided here but where its data is read (lib/next/ask.ts).
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const development = process.env.NODE_ENV === 'development';
  const policy = [
    "default-src 'self'",
    // Development compiles in the browser; in production nothing is evaluated.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    // Monaco's language workers.
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ].join('; ');

  const headers = new Headers(request.headers);
  headers.delete('x-middleware-subrequest');
  headers.set('x-nonce', nonce);
  headers.set('x-path', request.nextUrl.pathname + request.nextUrl.search);
  headers.set('Content-Security-Policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('Content-Security-Policy', policy);
  if (process.env.NEXTAUTH_URL?.startsWith('https:'))
    response.headers.set('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
  return response;
}

export const config = {
  // Everything but files that never differ, and uploads of files: Next.js holds a body that passes here in memory and
  // cuts it off at 10 MB.
  matcher: ['/((?!_next/static|_next/image|icon.svg|monaco/|api/import/upload|api/catalog/upload).*)'],
};
