import type { Option } from '@/components/ui/select';

/** All time zones, by region. */
export const TIME_ZONES: Option[] = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')].map(
  (zone) => ({
    value: zone,
    label: zone.replaceAll('_', ' '),
  }),
);
