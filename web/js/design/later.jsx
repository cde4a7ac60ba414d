// Parts of the designer that come when they are first looked at, each as a chunk of its own.
import { useEffect, useState } from 'preact/hooks';
import { t } from './words.js';

const ways = {
  AppSettings: () => import('./app_parts.jsx'),
  Automations: () => import('./automations.jsx'),
  Dashboards: () => import('./dashboards.jsx'),
  Index: () => import('./index.jsx'),
  Permissions: () => import('./permissions.jsx'),
  Publish: () => import('./publish.jsx'),
  Reminders: () => import('./reminders.jsx'),
  Rules: () => import('./rules.jsx'),
  Stages: () => import('./stages.jsx'),
  Text: () => import('./text.jsx'),
  TextPart: () => import('./text.jsx'),
  Views: () => import('./views.jsx'),
};
const here = new Map();

/** What is called `what`, drawn with the rest as its properties. */
export function Later({ what, ...rest }) {
  const [failed, setFailed] = useState(false);
  const [, draw] = useState(0);
  const Part = here.get(what);
  const load = () => {
    setFailed(false);
    ways[what]().then((m) => { here.set(what, m[what]); draw((n) => n + 1); }, () => setFailed(true));
  };
  useEffect(() => { if (!here.has(what)) load(); }, [what]);
  if (Part) return <Part {...rest} />;
  if (failed) return <p class="note bad row" role="alert"><span class="grow">{t('noConnection')}</span><button type="button" class="small" onClick={load}>{t('reload')}</button></p>;
  return <p class="design-one" role="status">{t('loading')}</p>;
}
