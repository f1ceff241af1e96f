'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type OutputOf, useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { BODY_DAYS, OUTCOME_MONTHS } from '@/lib/core/retention';

type Kept = OutputOf<'project.get'>['retention'];

const written = ({ bodyDays, outcomeMonths }: Kept) => ({
  bodyDays: String(bodyDays),
  outcomeMonths: String(outcomeMonths),
});
/** What is not a number is told by the server, in the field. */
const numberOf = (text: string) => (text.trim() === '' ? Number.NaN : Number(text));

/** How long the project keeps what runs leave behind; only an admin can change it. */
export function Retention({ initial }: { initial: Kept }) {
  const router = useRouter();
  const { can } = useProject();
  const [saved, setSaved] = useState(() => written(initial));
  const [form, setForm] = useState(saved);
  const save = useDo('project.set-retention', { success: 'Saved', quiet: true });
  const changed = form.bodyDays !== saved.bodyDays || form.outcomeMonths !== saved.outcomeMonths;
  const submit = () =>
    save.mutate(
      { bodyDays: numberOf(form.bodyDays), outcomeMonths: numberOf(form.outcomeMonths) },
      {
        onSuccess: () => {
          setSaved(form);
          router.refresh();
        },
      },
    );
  return (
    <form
      noValidate
      aria-label="Retention"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed) submit();
      }}
    >
      <Card
        title="Retention"
        footer={
          can.administer ? (
            <>
              <Button
                disabled={!changed || save.isPending}
                onClick={() => {
                  setForm(saved);
                  save.reset();
                }}
              >
                Discard
              </Button>
              <Button type="submit" disabled={!changed} loading={save.isPending}>
                Change retention
              </Button>
            </>
          ) : undefined
        }
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Bodies of requests and answers, days"
            hint={`${BODY_DAYS.least} to ${BODY_DAYS.most}. A shorter time also forgets what is stored already.`}
            error={save.error?.field('bodyDays')}
          >
            <Input
              inputMode="numeric"
              value={form.bodyDays}
              disabled={!can.administer}
              onChange={(event) => setForm({ ...form, bodyDays: event.target.value })}
            />
          </Field>
          <Field
            label="Outcomes, months"
            hint={`${OUTCOME_MONTHS.least} to ${OUTCOME_MONTHS.most} after the end of their run. Totals of runs stay.`}
            error={save.error?.field('outcomeMonths')}
          >
            <Input
              inputMode="numeric"
              value={form.outcomeMonths}
              disabled={!can.administer}
              onChange={(event) => setForm({ ...form, outcomeMonths: event.target.value })}
            />
          </Field>
        </div>
        {can.administer ? null : (
          <p className="mt-4 text-muted text-sm">Only an admin of the project can change this.</p>
        )}
        {save.error && save.error.fields.length === 0 ? (
          <p role="alert" className="mt-4 text-danger text-sm">
            {save.error.message}
          </p>
        ) : null}
      </Card>
    </form>
  );
}
