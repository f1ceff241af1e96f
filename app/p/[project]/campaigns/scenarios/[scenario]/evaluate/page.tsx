import { Evaluate } from '@/components/runs/evaluate';

export const metadata = { title: 'Evaluate' };

export default function EvaluatePage() {
  return <Evaluate />;
}
