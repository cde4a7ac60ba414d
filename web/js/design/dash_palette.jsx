// The charts there are: drag one onto the dashboard, or press it.
import { useEffect, useRef } from 'preact/hooks';
import { Choice } from './inputs.jsx';
import { forms } from './names_of.js';
import { tables } from './store.js';
import { t } from './words.js';

const ICONS = {
  metric: 'M5 9l3-3v11M13 8.5a3 3 0 0 1 6 0c0 3-6 4-6 8.5h6',
  gauge: 'M3 17a9 9 0 0 1 18 0M12 17l4-6',
  bar: 'M4 20v-8h4v8M10 20V5h4v15M16 20v-5h4v5M3 20h18',
  line: 'M3 20h18M4 15l5-5 4 3 7-8',
  area: 'M3 20V14l5-5 5 3 8-7v15z',
  pie: 'M12 3a9 9 0 1 0 9 9h-9zM15 3.5A9 9 0 0 1 20.5 9H15z',
  funnel: 'M3 5h18l-3 4H6zM7 11h10l-2 4H9zM10 17h4v3h-4z',
  radar: 'M12 3l9 6.5-3.5 10.5h-11L3 9.5zM12 8l4 3-1.5 5h-5L7 11z',
  heatmap: 'M3 4h18v16H3zM9 4v16M15 4v16M3 9.5h18M3 15h18M10 10.5h4v3.5h-4z',
  pivot: 'M3 4h18v16H3zM3 9h18M9 4v16M12 13h6M12 16h6',
  table: 'M3 5h18v14H3zM3 10h18M3 14.5h18',
  leaderboard: 'M4 6h16M4 11h11M4 16h7M4 21h4',
  text: 'M5 6h14M12 6v13M9 19h6',
};

export function ChartIcon({ chart }) {
  return <svg class="chart-icon" viewBox="0 0 24 24" aria-hidden="true"><path d={ICONS[chart] ?? 'M4 4h16v16H4z'} /></svg>;
}

function Item({ chart, label, help, canvas, add }) {
  const at = useRef(null);
  useEffect(() => canvas?.offer(at.current, chart), [canvas, chart]);
  return <button type="button" class="palette-item chart-item" ref={at} data-chart={chart} onClick={() => add(chart)}><ChartIcon chart={chart} />
    <span><b>{label}</b><span class="help">{help}</span></span></button>;
}

/** form: whose records a new card shows. */
export function ChartPalette({ canvas, form, setForm, add }) {
  return <aside class="palette stack tight" aria-label={t('chartPalette')}>
    <label class="field"><span class="label">{t('chartsOf')}</span><Choice value={form} blank={null} put={setForm} options={forms()} /></label>
    <div class="chart-items">{Object.entries(tables.value.shapes.card.types).map(([chart, { label, help }]) => <Item key={chart} chart={chart} label={label} help={help} canvas={canvas} add={add} />)}</div>
  </aside>;
}
