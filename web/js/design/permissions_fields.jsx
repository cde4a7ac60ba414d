// Roles by fields, section by section: only what differs from the record's own right is written.
import { useState } from 'preact/hooks';
import { sectionsOf } from './form.js';
import { formPath } from './names_of.js';
import { allRoles, grantsOf, setAllFields, setRight } from './rights.js';
import { Cell, When } from './rights_cell.jsx';
import { treeOf } from './store.js';
import { labelOf, t } from './words.js';

const RIGHTS = ['readonly', 'masked', 'hidden'];
const kindOf = (v) => (v === undefined || v === null || v === 'full' ? '' : typeof v === 'object' ? 'when' : v);
const options = () => [{ value: '', label: t('right_full') }, ...RIGHTS.map((r) => ({ value: r, label: t(`right_${r}`) })), { value: 'when', label: t('right_when') }];

// What all fields have, '' when they have it by themselves; undefined when they differ.
function allKind(fields, keys) {
  const kinds = new Set(keys.map((k) => kindOf(fields?.[k])));
  return kinds.size === 1 && !kinds.has('when') ? [...kinds][0] : undefined;
}

function AllRow({ form, roles, keys }) {
  const grants = grantsOf(form);
  return <tr class="rights-all"><th scope="row">{t('allFields')}</th>{roles.map((r) => {
    const kind = allKind(grants[r.value].fields, keys);
    return <td key={r.value}><select aria-label={`${r.label}: ${t('allFields')}`} value={kind ?? '-'} onChange={(e) => setAllFields(form, r.value, e.currentTarget.value || undefined).catch(() => {})}>
      {kind === undefined ? <option value="-" disabled>{t('differs')}</option> : null}{options().slice(0, -1).map((o) => <option key={o.value} value={o.value}>{o.label}</option>)}</select></td>;
  })}</tr>;
}

export function FieldRights({ form }) {
  const [open, setOpen] = useState(null);
  const tree = treeOf(formPath(form));
  const grants = grantsOf(form);
  const roles = allRoles(form).filter((r) => grants[r.value] && typeof grants[r.value] === 'object');
  const labels = (key) => labelOf(tree.fields?.[key]?.label, key);
  const name = (role, key) => `${roles.find((r) => r.value === role)?.label ?? role}: ${labels(key)}`;
  const lists = sectionsOf(tree);
  const keys = Object.keys(tree.fields ?? {});
  if (!roles.length) return <section class="stack tight"><h2>{t('rightsFields')}</h2><p class="muted small">{t('rightsNobody')}</p></section>;
  const head = (i) => labelOf(tree.layout?.[i]?.section ?? tree.layout?.[i]?.tab, lists.length > 1 ? t('below') : t('fields'));
  return <section class="stack tight"><h2>{t('rightsFields')}</h2><p class="muted small">{t('rightsFieldsAre')}</p>
    <div class="rights-box" role="region" tabindex="0" aria-label={t('rightsFields')}><table class="rights"><thead><tr><th scope="col">{t('field')}</th>
      {roles.map((r) => <th scope="col" key={r.value}>{r.label}</th>)}</tr></thead>
    <tbody><AllRow form={form} roles={roles} keys={keys} /></tbody>
    {lists.map((list, i) => (list.length ? <tbody key={i}><tr><th scope="rowgroup" colspan={roles.length + 1} class="rights-group">{head(i)}</th></tr>
      {list.map((key) => <tr key={key} data-field={key}><th scope="row">{labels(key)}</th>{roles.map((r) => {
        const value = grants[r.value].fields?.[key];
        return <Cell key={r.value} form={form} at={[r.value, 'fields', key]} label={name(r.value, key)} value={value} text={value?.read} kind={kindOf(value)} options={options()}
          put={(to) => setRight(form, [r.value, 'fields', key], to || undefined).catch(() => {})} open={() => setOpen([r.value, key])} />;
      })}</tr>)}</tbody> : null))}</table></div>
    {open ? <When form={form} at={[open[0], 'fields', open[1]]} title={name(...open)} value={grants[open[0]]?.fields?.[open[1]]?.read ?? ''}
      put={(v) => setRight(form, [open[0], 'fields', open[1]], v === undefined ? undefined : { read: v }, true)}
      close={() => { setOpen(null); document.getElementById(`right-${open[0]}-fields-${open[1]}`)?.focus(); }} /> : null}</section>;
}
