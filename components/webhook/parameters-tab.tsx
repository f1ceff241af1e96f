'use client';

import { Trash2, Variable } from 'lucide-react';
import { EmptyState } from '@/components/ui/empty-state';
import { IconButton } from '@/components/ui/icon-button';
import type { WebhookSettings } from '@/lib/core/webhook';
import type { ParameterDeclaration } from '@/lib/template';
import type { Analysis } from './analysis';
import { ParameterField } from './parameter-field';

export interface ParametersTabProps {
  settings: WebhookSettings;
  change: (settings: Partial<WebhookSettings>) => void;
  readOnly: boolean;
  declarations: readonly ParameterDeclaration[];
  analysis: Analysis;
}

/** The fields that the templates ask for, by category. */
export function ParametersTab({ settings, change, readOnly, declarations, analysis }: ParametersTabProps) {
  const values = settings.parameters;
  const set = (name: string, value: string) => change({ parameters: { ...values, [name]: value } });
  const unused = Object.keys(values).filter(
    (name) => values[name] !== '' && !declarations.some((declaration) => declaration.name === name),
  );
  if (declarations.length === 0 && unused.length === 0)
    return (
      <EmptyState icon={<Variable aria-hidden />} title="No parameters yet">
        Write [[ sender ]] in the URL, a header or the payload, and a field for it stands here. A type follows a colon,
        a default an equals sign: [[ sender : enum(Acme, Beta) = "Acme" | 1 | "Texts" ]].
      </EmptyState>
    );
  const categories = [...new Set(declarations.map(({ category }) => category))];
  return (
    <div className="mx-auto flex w-full max-w-160 flex-col gap-6 p-6">
      {categories.map((category) => (
        <section key={category} className="flex flex-col gap-4" aria-label={category || 'Parameters'}>
          {category || categories.length > 1 ? (
            <h2 className="font-semibold text-base">{category || 'Others'}</h2>
          ) : null}
          {declarations
            .filter((declaration) => declaration.category === category)
            .map((declaration) => (
              <ParameterField
                key={declaration.name}
                declaration={declaration}
                value={values[declaration.name] ?? ''}
                onChange={(value) => set(declaration.name, value)}
                readOnly={readOnly}
                fault={analysis[`Parameter ${declaration.name}`]?.marks[0]?.message}
              />
            ))}
        </section>
      ))}
      {unused.length > 0 ? (
        <section className="flex flex-col gap-1" aria-label="Values without a parameter">
          <h2 className="font-semibold text-base">No longer asked for</h2>
          <p className="text-muted text-sm">
            The templates do not name these any more. Their values are kept until you remove them.
          </p>
          <ul className="mt-1 flex flex-col">
            {unused.map((name) => (
              <li key={name} className="flex min-h-9 items-center gap-3 border-line border-b last:border-b-0">
                <span className="w-40 shrink-0 truncate font-mono text-sm">{name}</span>
                <span className="min-w-0 flex-1 truncate text-muted text-sm">{values[name]}</span>
                {readOnly ? null : (
                  <IconButton
                    size="sm"
                    label={`Remove the value of ${name}`}
                    icon={<Trash2 className="text-faint" aria-hidden />}
                    onClick={() => {
                      const { [name]: _, ...rest } = values;
                      change({ parameters: rest });
                    }}
                  />
                )}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}
