'use client';

import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import { Plus } from 'lucide-react';
import { memo } from 'react';
import { useCanvasActions } from './canvas-actions';
import type { LineEdge } from './flow-model';

/** A connection, with a button in its middle that puts a node in between. */
export const FlowLine = memo(function FlowLine(props: EdgeProps<LineEdge>) {
  const { id, data, selected } = props;
  const { offer } = useCanvasActions();
  const [path, x, y] = getBezierPath(props);
  return (
    <>
      <BaseEdge id={id} path={path} interactionWidth={24} />
      {data?.editable ? (
        <EdgeLabelRenderer>
          <button
            type="button"
            aria-label={`Insert a node ${data.words}`}
            title="Insert a node here"
            data-selected={selected || undefined}
            onClick={(event) => {
              event.stopPropagation();
              offer({ at: 'edge', edge: id }, event.currentTarget.getBoundingClientRect());
            }}
            className="nodrag nopan hl-plus hl-plus-line pointer-events-auto absolute"
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            <Plus className="size-3" aria-hidden />
          </button>
        </EdgeLabelRenderer>
      ) : null}
    </>
  );
});
