// The third party of the measurements: answers after a set latency and keeps books, as cheaply as node:http allows.
//   node bench/target.ts PORT      GET /stats      POST /reset?latency=20
import http from 'node:http';

const OK = '{"success":true,"result":{"code":1,"status":"sent"}}';
const MARK = Buffer.from('"cid":"c');
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
    lastAt: 0,
  };
}

function book(body: Buffer): void {
  const now = Date.now();
  books.firstAt ||= now;
  books.lastAt = now;
  books.requests++;
  books.bytes += body.length;
  for (let at = body.indexOf(MARK); at >= 0; at = body.indexOf(MARK, at + MARK.length)) {
    let id = 0;
    for (let i = at + MARK.length; body[i]! >= 48 && body[i]! <= 57; i++) id = id * 10 + body[i]! - 48;
    books.customers++;
    if (seen[id]! > 0) books.duplicates++;
    else {
      seen[id] = 1;
      books.distinct++;
    }
  }
}

const server = http.createServer((request, response) => {
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
  if (++current.inFlight > current.peakConcurrency) current.peakConcurrency = current.inFlight;
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    book(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    const answer = () => {
      current.inFlight--;
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': OK.length });
      response.end(OK);
    };
    if (latency > 0) setTimeout(answer, latency);
    else answer();
  });
});
server.on('connection', (socket) => {
  books.connections++;
  socket.setNoDelay(true);
});
server.keepAliveTimeout = 65_000;
server.listen(Number(process.argv[2]), '127.0.0.1', 4096, () => process.send?.('ready'));
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
