// The third party of the measurements: answers after a set latency and keeps books, as cheaply as node:http allows.
//   node bench/target.ts PORT [CERTIFICATE KEY]      GET /stats      POST /reset?latency=20
// A body with "sentAt":<unix milliseconds> is booked with the time that it took from then until here.
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const OK = '{"success":true,"result":{"code":1,"status":"sent"}}';
const MARK = Buffer.from('"cid":"c');
const SENT_AT = Buffer.from('"sentAt":');
const MAX = 4_000_000;

let latency = 0;
const seen = new Uint8Array(MAX);
let books = fresh();

function fresh() {
  seen.fill(0);
  return {
    requests: 0,
    customers: 0,
    distinct: 0,
    duplicates: 0,
    bytes: 0,
    connections: 0,
    inFlight: 0,
    peakConcurrency: 0,
    firstAt: 0,
    /** Milliseconds that requests spent here, all together, and when the last of them was answered. */
    heldMs: 0,
    answeredAt: 0,
    delays: [] as number[],
  };
}

function numberAt(body: Buffer, from: number): number {
  let value = 0;
  for (let i = from; body[i]! >= 48 && body[i]! <= 57; i++) value = value * 10 + body[i]! - 48;
  return value;
}

function book(body: Buffer): void {
  const now = Date.now();
  const sent = body.indexOf(SENT_AT);
  // Events have books of their own: they come beside a bulk run.
  if (sent >= 0) {
    books.delays.push(now - numberAt(body, sent + SENT_AT.length));
    return;
  }
  books.firstAt ||= now;
  books.requests++;
  books.bytes += body.length;
  for (let at = body.indexOf(MARK); at >= 0; at = body.indexOf(MARK, at + MARK.length)) {
    const id = numberAt(body, at + MARK.length);
    books.customers++;
    if (seen[id]! > 0) books.duplicates++;
    else {
      seen[id] = 1;
      books.distinct++;
    }
  }
}

const [port, certificate, key] = process.argv.slice(2);
const listener: http.RequestListener = (request, response) => {
  const url = request.url ?? '/';
  if (url === '/stats' || url.startsWith('/reset')) {
    if (url.startsWith('/reset')) {
      latency = Number(new URL(url, 'http://x').searchParams.get('latency') ?? latency);
      books = fresh();
    }
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...books, cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6 }));
    return;
  }
  const current = books;
  const arrived = performance.now();
  if (++current.inFlight > current.peakConcurrency) current.peakConcurrency = current.inFlight;
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    book(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    const answer = () => {
      current.inFlight--;
      current.heldMs += performance.now() - arrived;
      current.answeredAt = Date.now();
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': OK.length });
      response.end(OK);
    };
    if (latency > 0) setTimeout(answer, latency);
    else answer();
  });
};
const server = certificate
  ? https.createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key!) }, listener)
  : http.createServer(listener);
server.on('connection', (socket) => {
  books.connections++;
  socket.setNoDelay(true);
});
server.keepAliveTimeout = 65_000;
server.listen(Number(port), '127.0.0.1', 4096, () => process.send?.('ready'));
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
