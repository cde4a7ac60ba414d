// The text a new rule begins with: a handler for an event there is, an action, a schedule.
const words = (langs, text) => `{ ${langs.map((l) => `${l} = ${JSON.stringify(text)}`).join(', ')} }`;

/**
 * What one may begin with: [{value, label}].
 * @param {object[]} events as GET /definitions/rules has them
 */
export function starters(events, { form, stages, transitions, owner }, calls) {
  const help = (name) => calls.find((c) => c.name === name)?.help ?? '';
  return [
    ...events.flatMap((e) => {
      if (e.of === 'app') return [{ value: e.name, label: `${e.name}: ${e.help}` }];
      const at = e.of === 'stage' ? stages[0]?.value : e.of === 'transition' ? transitions[0]?.value : '';
      return at === undefined ? [] : [{ value: `${form}.${e.name}${at ? `.${at}` : ''}`, label: `${e.name}: ${e.help}` }];
    }),
    ...(owner ? [{ value: 'assign', label: `rotate: ${help('rotate')}` }] : []),
    { value: 'action', label: `action: ${help('action')}` },
    { value: 'every', label: `every: ${help('every')}` },
  ];
}

/** @param {{name: string, form: string, owner?: string, langs: string[]}} of */
export function startText(value, events, { name, form, owner, langs }) {
  if (value === 'assign')
    return `on("${form}.before_create", function(record)\n  if not record.${owner} then\n    record.${owner} = rotate("${form}", users { active = true })\n  end\nend)\n`;
  if (value === 'action')
    return `action { name = "${name}", label = ${words(langs, name)}, form = "${form}",\n  params = {},\n  run = function(record, params)\n    log("%s", record.id)\n  end }\n`;
  if (value === 'every')
    return `every("0 9 * * 1-5", "${name}", function()\n  for record in find("${form}") do\n    log("%s", record.id)\n  end\nend)\n`;
  const [first, second] = value.split('.');
  const event = events.find((e) => e.name === (second ?? first));
  return `-- ${event.help}\non("${value}", function(${event.args})\n  ${event.example}\nend)\n`;
}
