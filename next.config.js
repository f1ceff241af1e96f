import path from 'node:path';

// Headers that do not differ from one request to the next; the Content-Security-Policy with its nonce is made in proxy.ts.
const securityHeaders = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
  {
    key: 'Permissions-Policy',
    value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
  },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  { key: 'X-Frame-Options', value: 'DENY' },
];

/** @type {import('next').NextConfig} */
export default {
  output: process.env.BUILD_STANDALONE === '1' ? 'standalone' : undefined,
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
  turbopack: { root: path.resolve(import.meta.dirname) },
  serverExternalPackages: ['@node-rs/argon2', 'pg', 'pg-boss', 'pino', 'undici'],
  experimental: {
    // forbidden() and app/forbidden.tsx
    authInterrupts: true,
    serverActions: { bodySizeLimit: '1mb' },
  },
  headers: async () => [{ source: '/:path*', headers: securityHeaders }],
};
