import type { Node } from '@/lib/core/document';
import type { Kind, NodeSettings } from '@/lib/core/node-kinds';

/** What the inspector gives to the panel of a kind. */
export interface PanelProps<K extends Kind> {
  node: Node<K>;
  /** Replaces the given settings; refusals are shown by the inspector. */
  onChange(settings: Partial<NodeSettings<K>>): void;
  readOnly: boolean;
  /** The fault of a setting by its path, e.g. `attributes.0.name`. */
  faultOf(field: string): string | undefined;
}
