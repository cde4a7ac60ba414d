// Values by name: fields of a form that a step gives values, or names that steps behind it read.
import { Choice, Raw, useMade } from './inputs.jsx';
import { Issues, change } from './keys.jsx';
import { fieldsOf, formPath } from './names_of.js';
import { adding, edit, treeOf, valueAt } from './store.js';
import { GivenValue } from './values.jsx';
import { t } from './words.js';

/** The form whose fields the names are; null: names of one's own. */
function targetOf(attr, where) {
  if (!['set', 'values'].includes(attr.key)) return null;
  const beside = valueAt(treeOf(where.path), where.at.slice(0, -1)) ?? {};
  return beside.form ?? (beside.record === undefined || attr.key === 'values' ? where.form : undefined) ?? null;
}

function One({ attr, where, name, value, field, form }) {
  const at = { ...where, at: [...where.at, name] };
  const put = (v) => change(at, [], v ?? '');
  return <div class="map-value field" data-key={name}><span class="row tight"><span class="label grow">{field?.label ?? name}</span>
    <button type="button" class="small plain" aria-label={t('removeOf', { name: field?.label ?? name })} onClick={() => change(at, [], undefined, false).catch(() => {})}>×</button></span>
    {value !== null && typeof value === 'object' ? <Raw value={value} put={put} />
      : <GivenValue value={value} put={put} where={where} attr={{ key: name, label: field?.label ?? name }} field={form ? treeOf(formPath(form))?.fields?.[name] : undefined} />}
    <Issues where={at} /></div>;
}

/** A map of values; attr: of the key that holds it. */
export function Values({ attr, where, value }) {
  const form = targetOf(attr, where);
  const entries = Object.entries(value ?? {});
  const fields = form ? fieldsOf(form) : [];
  const add = (name) => {
    if (!name) return null;
    return edit(where.path, (now) => { const at = now(where.at); return at && !(name in (valueAt(treeOf(where.path), at) ?? {})) ? [adding(where.path, at, name, '')] : []; });
  };
  const { text, go, box } = useMade(add);
  return <div class="stack tight map-values">
    {entries.map(([name, v]) => <One key={name} attr={attr} where={where} name={name} value={v} form={form} field={fields.find((f) => f.value === name)} />)}
    {form ? <Choice aria-label={t('addField')} value={undefined} key={entries.length} blank={t('addField')} options={fields.filter((f) => !(f.value in (value ?? {})))} put={add} />
      : <form class="affix" onSubmit={go}><input class="grow" aria-label={t('name')} placeholder={t('name')} {...box} /><button class="small" disabled={!text.trim()}>{t('add')}</button></form>}
  </div>;
}
