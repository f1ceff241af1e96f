import { z } from 'zod';

/** The environment of every Hookline process, read once; all faults are reported in one message. */

const List = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );

/** 32 random bytes in base64 or hex; a key that somebody typed, copied from an example or left empty is refused. */
const EncryptionKey = z
  .string()
  .regex(/^([0-9a-f]{64}|[A-Za-z0-9+/_-]{43}=?)$/i, 'must be 32 bytes in base64 or hex (openssl rand -base64 32)')
  .refine(isRandom, 'is not random: make one with openssl rand -base64 32');

const SessionSecret = z
  .string()
  .min(32, 'must be at least 32 characters (openssl rand -base64 32)')
  .refine((text) => new Set(text).size >= 10, 'is not random: make one with openssl rand -base64 32');

/** 32 random bytes have about 30 different ones; a pattern or a sentence in letters has far fewer values or bits. */
function isRandom(text: string): boolean {
  const bytes = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  return new Set(bytes).size >= 16;
}

/** What an issuer says decides who gets in: nobody on the way may change it (OpenID Connect Core §2: the issuer is an https URL). */
function isSafeIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && /^(127(\.\d+){3}|localhost|\[::1\])$/.test(hostname));
}

const Environment = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgresql://'),
  /** Wraps the keys of all stored secrets. */
  ENCRYPTION_KEY: EncryptionKey,
  /** The key before the last rotation, while secrets are being re-wrapped. */
  ENCRYPTION_KEY_PREVIOUS: EncryptionKey.optional(),
  /** Signs sessions; only the web app needs it. */
  NEXTAUTH_SECRET: SessionSecret.optional(),
  NEXTAUTH_URL: z.url().optional(),
  /** Sign-in by an identity provider of your own (OpenID Connect); all three or none. */
  OIDC_ISSUER: z.url().refine(isSafeIssuer, 'must begin with https:// (http:// only on this machine)').optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  /** What the button says: "Sign in with …". */
  OIDC_NAME: z.string().max(40).default('your organisation'),
  /** What webhooks may reach although it is private: CIDRs, hosts, host:port; and *:port for a port of public hosts. */
  EGRESS_ALLOW: List,
  EGRESS_PROXY: z.url().optional(),
  EGRESS_CA_FILE: z.string().optional(),
  /** Where the built-in rehearsal target listens, if it runs. */
  REHEARSAL_URL: z.url().optional(),
  /** "1": a proxy of ours stands in front of the web app and ends X-Forwarded-For with the address that it saw. */
  TRUST_PROXY: z.enum(['0', '1']).default('0'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type Environment = z.infer<typeof Environment>;

const Whole = Environment.superRefine(({ OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET }, context) => {
  const parts = { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET };
  const missing = Object.entries(parts).filter(([, value]) => !value);
  if (missing.length === 0 || missing.length === 3) return;
  for (const [name] of missing) context.addIssue({ code: 'custom', path: [name], message: 'is missing' });
});

/** Faults of the environment, one line each; meant for the terminal. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

/**
 * Reads and checks the environment.
 * @throws EnvironmentError naming every variable that is missing or wrong, and what it should be
 */
export function readEnvironment(source: Record<string, string | undefined> = process.env): Environment {
  const parsed = Whole.safeParse(Object.fromEntries(Object.entries(source).filter(([, value]) => value !== '')));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = issue.path.join('.');
    return `  ${name}: ${source[name] ? issue.message : 'is missing'}`;
  });
  throw new EnvironmentError(`The environment is not complete:\n${[...new Set(lines)].join('\n')}`);
}

let current: Environment | undefined;

/** The environment of this process. */
export function env(): Environment {
  current ??= readEnvironment();
  return current;
}
