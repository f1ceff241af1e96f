import { type Ctx, type ItemAnswer, ServiceError, verbs } from '../services/index.ts';
import { type ApiRefusal, answerApi } from './api.ts';

/**
 * The tracking API of Bloomreach Engagement, so that a system that feeds it can feed Hookline by changing the address and
 * the key (Bloomreach docs: tracking API, batch commands). Answers are its answers: `success`, `errors`, `results`.
 */

const MAX_COMMANDS = 50;
const refusalBody = ({ message, reference }: ApiRefusal) => ({
  success: false,
  errors: [reference ? `${message} Reference ${reference}` : message],
});

/** One command of a batch, or the whole of a single request. */
type Command = { name: 'customers' | 'customers/events' | 'system/time'; data: Record<string, unknown> };
type Result = { success: true; time?: number } | { success: false; errors: string[] };

/** Answers `POST …/customers` and `POST …/customers/events`: 400 with `errors` when the item is refused. */
export function answerTrack(
  request: Request,
  project: string,
  name: 'customers' | 'customers/events',
): Promise<Response> {
  return answerApi(request, {
    project,
    refusalBody,
    async work(ctx, data) {
      const [result] = await runCommands(ctx, [{ name, data: data as Record<string, unknown> }]);
      if (result && !result.success) throw new ServiceError('invalid', result.errors[0]!);
      return { success: true };
    },
  });
}

/** Answers `GET …/system/time`. */
export function answerTime(request: Request, project: string): Promise<Response> {
  return answerApi(request, {
    project,
    refusalBody,
    work: async () => ({ success: true, time: Date.now() / 1000 }),
  });
}

/** Answers `POST …/batch`: up to 50 commands, each with its own result in its place. */
export function answerBatch(request: Request, project: string): Promise<Response> {
  return answerApi(request, {
    project,
    refusalBody,
    async work(ctx, body) {
      const start_time = Date.now() / 1000;
      const { commands } = body as { commands?: unknown };
      if (!Array.isArray(commands) || commands.length === 0)
        throw new ServiceError('invalid', 'commands: give a list of { name, data }');
      if (commands.length > MAX_COMMANDS)
        throw new ServiceError('invalid', `commands: at most ${MAX_COMMANDS} in one batch`);
      const read = commands.map(readCommand);
      const results = await runCommands(ctx, read);
      return {
        success: true,
        results: results.map((result, index) => {
          const id = (commands[index] as { command_id?: unknown } | null)?.command_id;
          return id === undefined ? result : { ...result, command_id: id };
        }),
        start_time,
        end_time: Date.now() / 1000,
      };
    },
  });
}

/** A command, or the reason why it is none. */
function readCommand(given: unknown): Command | string {
  const { name, data } = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  if (name === 'system/time') return { name, data: {} };
  if (name !== 'customers' && name !== 'customers/events')
    return 'name: must be customers, customers/events or system/time';
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'data: give an object';
  return { name, data: data as Record<string, unknown> };
}

/** Runs commands with one statement a table: customers first, in the order of their `update_timestamp`, then events. */
async function runCommands(ctx: Ctx, commands: (Command | string)[]): Promise<Result[]> {
  const results: Result[] = commands.map((command) =>
    typeof command === 'string'
      ? { success: false, errors: [command] }
      : { success: true, ...(command.name === 'system/time' ? { time: Date.now() / 1000 } : {}) },
  );
  const places = (name: Command['name']) =>
    commands.flatMap((command, index) => (typeof command !== 'string' && command.name === name ? [index] : []));
  const dataOf = (index: number) => (commands[index] as Command).data;
  const settle = (indexes: number[], answers: ItemAnswer[]) =>
    answers.forEach((answer, i) => {
      if (!answer.ok) results[indexes[i]!] = { success: false, errors: [answer.error] };
    });

  const customers = places('customers').sort((a, b) => updatedAt(dataOf(a)) - updatedAt(dataOf(b)));
  if (customers.length > 0) {
    const items = customers.map((index) => {
      const { update_timestamp: _at, ...customer } = dataOf(index);
      return customer;
    });
    settle(customers, (await verbs['customer.upsert'](ctx, { customers: items })).results);
  }
  const events = places('customers/events');
  if (events.length > 0) settle(events, (await verbs['event.receive'](ctx, { events: events.map(dataOf) })).results);
  return results;
}

const updatedAt = ({ update_timestamp: at }: Record<string, unknown>) =>
  typeof at === 'number' ? at : Number.MAX_VALUE;
