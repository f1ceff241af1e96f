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

const Environment = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgresql://'),
  /** 32 bytes, base64 or hex; wraps the keys of all stored secrets. */
  ENCRYPTION_KEY: z.string().min(32, 'must be 32 bytes in base64 or hex (openssl rand -base64 32)'),
  /** The key before the last rotation, while secrets are being re-wrapped. */
  ENCRYPTION_KEY_PREVIOUS: z.string().min(32).optional(),
  NEXTAUTH_SECRET: z.string().min(32, 'must be at least 32 characters (openssl rand -base64 32)').optional(),
  NEXTAUTH_URL: z.url().optional(),
  /** CIDRs, hosts and host:port that webhooks may reach although they are private. */
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

/** Faults of the environment, one line each; meant for the terminal. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

/**
 * Reads and checks the environment.
 * @throws EnvironmentError naming every variable that is missing or wrong, and what it should be
 */
export function readEnvironment(source: Record<string, string | undefined> = process.env): Environment {
  const parsed = Environment.safeParse(Object.fromEntries(Object.entries(source).filter(([, value]) => value !== '')));
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
