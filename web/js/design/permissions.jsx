// Who may do what with a form: roles by what they do, roles by fields, and the proof by the server.
import { useState } from 'preact/hooks';
import { Taken, useMade } from './inputs.jsx';
import { formPath } from './names_of.js';
import { FieldRights } from './permissions_fields.jsx';
import { Who } from './permissions_who.jsx';
import { Cell, When, Wrong } from './rights_cell.jsx';
import { ONCE, acts, addRole, allRoles, grantsOf, kindOf, setRight } from './rights.js';
import { treeOf } from './store.js';
import { t } from './words.js';

const SCOPES = ['own', 'department', 'subtree'];

function optionsOf(act, owner, kind) {
  const scopes = ONCE.has(act) ? [] : SCOPES.filter((s) => owner || s === kind);
  const own = SCOPES.includes(kind) && !scopes.includes(kind) ? [kind] : scopes;
  return [{ value: '', label: t('noRight') }, ...own.map((s) => ({ value: s, label: t(`scope_${s}`) })),
    { value: 'all', label: t(ONCE.has(act) ? 'yes' : 'scope_all') }, ...(act === 'share' ? [] : [{ value: 'when', label: t('when') }])];
}

function ActRights({ form }) {
  const [open, setOpen] = useState(null);
  const grants = grantsOf(form);
  const owner = Boolean(treeOf(formPath(form)).owner);
  const list = allRoles(form);
  const put = (role, act, to) => setRight(form, [role, act], to === '' ? undefined : to === 'all' && ONCE.has(act) ? true : to).catch(() => {});
  const name = (role, act) => `${list.find((r) => r.value === role)?.label ?? role}: ${t(`act_${act}`)}`;
  return <section class="stack tight"><h2>{t('rightsActs')}</h2><p class="muted small">{t('rightsActsAre')}{owner ? null : ` ${t('rightsOwner')}`}</p>
    {Object.keys(grants).length ? null : <p class="note">{t('onlyAdminsHow')}</p>}
    <div class="rights-box" role="region" tabindex="0" aria-label={t('rightsActs')}><table class="rights"><thead><tr><th scope="col">{t('role')}</th>
      {acts().map((a) => <th scope="col" key={a.key} title={a.help}>{t(`act_${a.key}`)}</th>)}</tr></thead>
    <tbody>{list.map((r) => <tr key={r.value} data-role={r.value}><th scope="row">{r.label}<Wrong form={form} at={[r.value]} only /></th>
      {acts().map((a) => {
        const value = grants[r.value]?.[a.key];
        const kind = kindOf(value, SCOPES);
        return <Cell key={a.key} form={form} at={[r.value, a.key]} label={name(r.value, a.key)} value={value} kind={kind} options={optionsOf(a.key, owner, kind)}
          put={(to) => put(r.value, a.key, to)} open={() => setOpen([r.value, a.key])} />;
      })}</tr>)}</tbody></table></div>
    {open ? <When form={form} at={open} title={name(...open)} value={kindOf(grants[open[0]]?.[open[1]], SCOPES) === 'when' ? grants[open[0]][open[1]] : ''}
      put={(v) => setRight(form, open, v, true)} close={() => { setOpen(null); document.getElementById(`right-${open.join('-')}`)?.focus(); }} /> : null}
    <NewRole form={form} /></section>;
}

function NewRole({ form }) {
  const { text, go, box, taken } = useMade((label) => addRole(form, label), allRoles(form).map((r) => r.label));
  return <form class="row" onSubmit={go}><input maxlength="60" aria-label={t('newRole')} placeholder={t('newRole')} {...box} />
    <button class="small" disabled={!text.trim() || taken}>{t('addRole')}</button>
    <Taken name={taken} /></form>;
}

export function Permissions({ form }) {
  return <div class="design-one design-rights stack"><ActRights form={form} /><FieldRights form={form} /><Who form={form} /></div>;
}
