import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../../lib/core/changes.ts';
import { compile } from '../../../lib/core/compile.ts';
import { Document, nodeOf } from '../../../lib/core/document.ts';
import { apply, applyAll, Operation, OperationError } from '../../../lib/core/operations.ts';
import { speedLimitOf } from '../../../lib/core/speed-limit.ts';
import { Packing, readTransfer } from '../../../lib/core/transfer.ts';
import { rowOf, webhookStep } from '../../support/scenarios.ts';

const limited = (perMinute = 60): Document => ({
  ...rowOf(['now', {}], webhookStep(), webhookStep()),
  speedLimits: [{ node: 'n2', perMinute, lifted: false }],
});
const lift: Operation = { type: 'speed-limit', node: 'n2', lifted: true };
const nothing = { integrations: new Map(), policies: new Map(), presets: new Map(), triggers: new Map() };
const reads = () => ({ event: false, webhook: false });

describe('a legacy speed limit', () => {
  it('is of one webhook, and of no document that has none', () => {
    expect(speedLimitOf(limited(), 'n2')).toBe(60);
    expect(speedLimitOf(limited(), 'n3')).toBeNull();
    expect(speedLimitOf(rowOf(webhookStep()), 'n1')).toBeNull();
    expect(Document.parse(limited())).toEqual(limited());
    expect(Document.parse(rowOf(webhookStep()))).not.toHaveProperty('speedLimits');
  });

  it('is lifted, and undoing brings it back as it was', () => {
    const { document, inverse } = apply(limited(), lift);
    expect(speedLimitOf(document, 'n2')).toBeNull();
    expect(apply(document, inverse).document).toEqual(limited());
    expect(apply(document, lift).document).toEqual(document);
    expect(apply(apply(document, lift).document, apply(document, lift).inverse).document).toEqual(document);
  });

  it('comes back with its webhook when a removal is undone', () => {
    const { document, inverse } = apply(limited(), { type: 'remove', nodes: ['n2'], edges: [] });
    expect(speedLimitOf(apply(document, inverse).document, 'n2')).toBe(60);
  });

  it.each([
    ['lifting what is not there', { type: 'speed-limit', node: 'n3', lifted: false }],
    ['lifting it from a webhook that is gone', { type: 'speed-limit', node: 'n9', lifted: true }],
  ] as [string, Operation][])('cannot be set by %s', (_, operation) => {
    expect(() => apply(limited(), operation)).toThrow(OperationError);
  });

  it('cannot be set by any operation: settings, a pasted node and a number in the operation are all passed over', () => {
    const smuggled = { type: 'speed-limit', node: 'n2', lifted: false, perMinute: 9 } as Operation;
    const pasted = { ...nodeOf(limited(), 'n2')!, id: 'copy', number: 9 };
    const withSetting = { type: 'set', node: 'n3', settings: { speedLimit: 9, perMinute: 9 } } as Operation;
    const operations = [
      Operation.parse(smuggled),
      Operation.parse({ type: 'add', nodes: [{ ...pasted, speedLimit: 9 }], edges: [], speedLimits: [] }),
      withSetting,
    ];
    const { document } = applyAll(limited(), operations);
    expect(document.speedLimits).toEqual(limited().speedLimits);
    expect(speedLimitOf(document, 'copy')).toBeNull();
    expect(JSON.stringify(document.nodes)).not.toMatch(/speedLimit|perMinute/);
  });

  it('goes into the program of its webhook only, and is a change of that webhook', () => {
    const { nodes } = compile(limited(), reads);
    expect([nodes.n2!.speedLimit, nodes.n3!.speedLimit]).toEqual([60, null]);
    const { document } = apply(limited(), lift);
    expect(compile(document, reads).nodes.n2!.speedLimit).toBeNull();
    expect(changesBetween(limited(), document)).toMatchObject([
      { id: 'n2', change: 'changed', settings: ['speedLimit'] },
    ]);
  });
});

describe('the file of a scenario', () => {
  const fileOf = (document: Document) =>
    JSON.stringify({ hookline: 'scenario', format: 1, name: 'Old', tags: [], needs: [], document });

  it('brings limits along that are in force, and no others', () => {
    const packed = new Packing(nothing).document(limited());
    expect(packed.speedLimits).toEqual(limited().speedLimits);
    const lifted = new Packing(nothing).document(apply(limited(), lift).document);
    expect(lifted).not.toHaveProperty('speedLimits');
    const gone = apply(limited(), { type: 'remove', nodes: ['n2'], edges: [] }).document;
    expect(new Packing(nothing).document(gone)).not.toHaveProperty('speedLimits');
    expect(readTransfer(fileOf(packed)).ok).toBe(true);
  });

  it.each([
    ['a node that is not there', [{ node: 'n9', perMinute: 60 }], 'document.speedLimits.0.node'],
    ['a node that is no webhook', [{ node: 'n1', perMinute: 60 }], 'document.speedLimits.0.node'],
    [
      'one webhook twice',
      [
        { node: 'n2', perMinute: 60 },
        { node: 'n2', perMinute: 90 },
      ],
      'document.speedLimits.1.node',
    ],
    ['no number of requests', [{ node: 'n2', perMinute: 0 }], 'document.speedLimits.0.perMinute'],
  ])('is refused with a limit of %s', (_, speedLimits, path) => {
    const read = readTransfer(fileOf({ ...limited(), speedLimits } as Document));
    expect(read).toMatchObject({ ok: false, fields: [{ path }] });
  });
});
