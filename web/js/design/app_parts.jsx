// What belongs to no form but to the app: its roles, menu, calendars, channels, and the rest of app.yaml.
import { useState } from 'preact/hooks';
import { Calendars } from './calendars.jsx';
import { Cards, NewPart, PartName, partsAt } from './cards.jsx';
import { TryChannel } from './channel_try.jsx';
import { Choice } from './inputs.jsx';
import { Keys } from './keys.jsx';
import { Later } from './later.jsx';
import { Menu } from './menu.jsx';
import { forms, formPath, roles } from './names_of.js';
import { renameRole } from './rename_role.js';
import { many, listed } from './said.jsx';
import { tables, treeOf } from './store.js';
import { labelOf, t } from './words.js';

const APP = 'app.yaml';
export const APP_PARTS = ['dashboards', 'roles', 'menu', 'calendars', 'channels', 'general', 'text'];
const OWN = new Set(['roles', 'menu', 'calendars', 'channels']);

const attrs = (key) => tables.value.kinds.app.find((a) => a.key === key).of;

/** The forms in which a role is given rights of its own. */
const rightsIn = (role) => forms().filter((f) => role in (treeOf(formPath(f.value))?.permissions ?? {}));

function RoleSaid({ name, item, go }) {
  const own = rightsIn(name);
  const label = (key) => roles().find((r) => r.value === key)?.label ?? key;
  return <div class="sentence">{listed(item?.includes).length ? <p>{t('hasToo', { roles: many(listed(item.includes).map(label)) })}</p> : null}
    <p class="row said-list">{own.length ? <><span class="muted">{t('mayIn')}</span> {own.map((f) => <a key={f.value} href={`/design/${f.value}`} onClick={(e) => { if (!e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); go(f.value, 'permissions'); } }}>{f.label}</a>)}</>
      : <span class="muted">{t('mayNowhere')}</span>}</p></div>;
}

function Roles({ go }) {
  const [open, setOpen] = useState(null);
  const parts = partsAt(APP, ['roles']);
  const add = (label) => parts.add(label, 'role', (text) => ({ label: text })).then(setOpen);
  return <><Head part="roles" help={t('rolesAre')}><NewPart label={t('newRole')} action={t('add')} make={add} called={roles().map((r) => r.label)} /></Head>
    <Cards path={APP} at={['roles']} open={open} setOpen={setOpen} label={t('app_roles')} copy={false}
      title={(item, key) => labelOf(item?.label, key)} said={(item, key) => <RoleSaid name={key} item={item} go={go} />}
      draw={(item, key) => <><Keys of={attrs('roles').filter((a) => a.key !== 'was')} where={{ path: APP, at: ['roles', key] }} value={item ?? {}} />
        <PartName parts={{ ...parts, rename: renameRole }} name={key} note={t('roleName')} then={setOpen} /></>} /></>;
}

/* ---- channels ---- */

const kindOf = (item) => (item?.webhook !== undefined ? 'webhook' : 'smtp');
const KIND_KEYS = { smtp: ['smtp', 'from'], webhook: ['webhook', 'format', 'secret'] };

function ChannelSaid({ item }) {
  if (kindOf(item) === 'smtp') return <p class="sentence">{t('chan_smtp')}: <code>{String(item?.smtp ?? '…')}</code>{item?.from ? ` · ${item.from}` : ''}</p>;
  const words = attrs('channels').find((a) => a.key === 'format').words;
  return <p class="sentence">{t('chan_webhook')}: {words.find((w) => w.value === (item.format ?? 'json'))?.label} <code>{String(item.webhook)}</code></p>;
}

function Channels() {
  const [open, setOpen] = useState(null);
  const [kind, setKind] = useState('smtp');
  const parts = partsAt(APP, ['channels']);
  const blank = { smtp: { smtp: 'smtp://127.0.0.1:25', from: 'app@example.com' }, webhook: { webhook: 'https://example.com/robot' } };
  const add = (label) => parts.add(label, 'channel', () => blank[kind]).then(setOpen);
  return <><Head part="channels" help={t('channelsAre')}><Choice aria-label={t('what')} blank={null} value={kind} put={setKind} options={['smtp', 'webhook'].map((k) => ({ value: k, label: t(`chan_${k}`) }))} />
    <NewPart label={t('newChannel')} action={t('add')} make={add} /></Head>
    {parts.now().length ? <Cards path={APP} at={['channels']} open={open} setOpen={setOpen} label={t('app_channels')} copy={false}
      title={(item, key) => key} said={(item) => <ChannelSaid item={item} />}
      draw={(item, key) => <><Keys of={attrs('channels').filter((a) => KIND_KEYS[kindOf(item)].includes(a.key))} where={{ path: APP, at: ['channels', key] }} value={item ?? {}} />
        <TryChannel name={key} item={item} /><PartName parts={parts} name={key} then={setOpen} /></>} /> : <p class="panel empty">{t('noChannels')}</p>}</>;
}

/* ---- the rest ---- */

export function Head({ part, help, children }) {
  return <><div class="row"><h2 class="grow">{t(`app_${part}`)}</h2>{children}</div>{help ? <p class="muted small">{help}</p> : null}</>;
}

function General() {
  const of = tables.value.kinds.app.filter((a) => !OWN.has(a.key));
  return <><Head part="general" /><Keys of={of} where={{ path: APP, at: [] }} value={treeOf(APP)} first={['label', 'languages', 'time_zone', 'country', 'currency', 'url']} /></>;
}

const Text = () => <Later what="Text" path={APP} />;

export function AppSettings({ part, name, go, goApp }) {
  const draw = { roles: Roles, menu: Menu, calendars: Calendars, channels: Channels, general: General, text: Text };
  const Part = draw[part] ?? General;
  return <><nav class="tabs design-parts" aria-label={t('parts')}>{APP_PARTS.map((p) => <button type="button" key={p} class="tab plain" aria-current={p === part ? 'page' : undefined} onClick={() => goApp(p)}>{t(`app_${p}`)}</button>)}</nav>
    {part === 'dashboards' ? <Later what="Dashboards" name={name} open={(to) => goApp(part, to)} /> : <div class="design-one design-flows stack">{treeOf(APP) || part === 'text' ? <Part go={go} key={part} /> : <p class="note bad">{t('brokenApp')}</p>}</div>}</>;
}
