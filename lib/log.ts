import pino from 'pino';

/** Structured log of this process: JSON lines on standard error. Never give it secrets, templates' values or whole requests. */
export const log = pino(
  {
    level: process.env.LOG_LEVEL ?? 'info',
    base: { pid: process.pid, process: process.env.HOOKLINE_PROCESS ?? 'web' },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: ['*.password', '*.secret', '*.token', '*.authorization'], censor: '[redacted]' },
  },
  pino.destination({ dest: 2, sync: true }),
);
