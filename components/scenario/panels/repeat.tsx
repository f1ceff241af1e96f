'use client';

import { Checkbox } from '@/components/ui/checkbox';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { describeRepeat, type RepeatSettings, WEEKDAYS } from '@/lib/core/node-kinds';
import type { PanelProps } from '../panel-props';
import { NumberInput, Setting } from '../setting';
import { TimeZoneSetting } from './time-zone';

const EVERY: { value: RepeatSettings['every']; label: string }[] = [
  { value: 'minutes', label: 'minutes' },
  { value: 'hours', label: 'hours' },
  { value: 'day', label: 'day' },
  { value: 'week', label: 'week' },
  { value: 'month', label: 'month' },
  { value: 'cron', label: 'rule of five fields (cron)' },
];

export function RepeatPanel(props: PanelProps<'repeat'>) {
  const { node, onChange, readOnly, faultOf } = props;
  const { settings } = node;
  const isInterval = settings.every === 'minutes' || settings.every === 'hours';
  const isFaultless = ['time', 'weekdays', 'cron'].every((field) => faultOf(field) === undefined);
  return (
    <div className="flex flex-col gap-4">
      <div className="flex gap-2">
        {isInterval ? (
          <Setting path="interval" label="Every" fault={faultOf('interval')} className="w-24">
            <NumberInput
              value={settings.interval}
              min={1}
              max={10_000}
              whole
              disabled={readOnly}
              onChange={(interval) => onChange({ interval })}
            />
          </Setting>
        ) : null}
        <Setting path="every" label={isInterval ? 'Unit' : 'Every'} className="flex-1">
          <Select
            value={settings.every}
            options={EVERY}
            disabled={readOnly}
            onChange={(every) => onChange({ every })}
          />
        </Setting>
      </div>
      <When {...props} />
      {isInterval ? null : (
        <TimeZoneSetting
          value={settings.timeZone}
          readOnly={readOnly}
          fault={faultOf('timeZone')}
          onChange={(timeZone) => onChange({ timeZone })}
        />
      )}
      {isFaultless ? (
        <p className="text-muted text-sm">
          Every customer enters {describeRepeat(settings)}, from Start until the scenario is stopped.
        </p>
      ) : null}
    </div>
  );
}

/** The days and the time of day, as far as the rule has them. */
function When({ node: { settings }, onChange, readOnly, faultOf }: PanelProps<'repeat'>) {
  const { every, weekdays } = settings;
  if (every === 'minutes' || every === 'hours') return null;
  if (every === 'cron')
    return (
      <Setting path="cron" label="Rule" fault={faultOf('cron')} hint="Minute, hour, day, month, weekday: 30 8 * * 1-5">
        <Input
          mono
          value={settings.cron}
          readOnly={readOnly}
          placeholder="30 8 * * 1-5"
          onChange={(event) => onChange({ cron: event.target.value })}
        />
      </Setting>
    );
  const toggle = (day: number, isOn: boolean) =>
    onChange({ weekdays: isOn ? [...weekdays, day].sort((a, b) => a - b) : weekdays.filter((each) => each !== day) });
  return (
    <>
      {every === 'week' ? (
        <fieldset data-field="weekdays" className="flex flex-col gap-1.5">
          <legend className="pb-1 font-medium text-sm">On</legend>
          <div className="flex flex-wrap gap-x-4 gap-y-1.5">
            {WEEKDAYS.map((word, index) => (
              <Checkbox
                key={word}
                checked={weekdays.includes(index + 1)}
                disabled={readOnly}
                onChange={(isOn) => toggle(index + 1, isOn)}
              >
                {word}
              </Checkbox>
            ))}
          </div>
          {faultOf('weekdays') ? <p className="text-danger text-xs">{faultOf('weekdays')}</p> : null}
        </fieldset>
      ) : null}
      <div className="grid grid-cols-2 gap-3">
        {every === 'month' ? (
          <Setting path="monthDay" label="Day of the month" hint="31 is the last day of each.">
            <NumberInput
              value={settings.monthDay}
              min={1}
              max={31}
              whole
              disabled={readOnly}
              onChange={(monthDay) => onChange({ monthDay })}
            />
          </Setting>
        ) : null}
        <Setting path="time" label="At" fault={faultOf('time')}>
          <Input
            type="time"
            value={settings.time}
            readOnly={readOnly}
            onChange={(event) => onChange({ time: event.target.value })}
          />
        </Setting>
      </div>
    </>
  );
}
