"""exposition — a strict reader of Prometheus' text format 0.0.4.

    families = read(text)      {name: Family}; AssertionError with the line where it is none
    families['x_total'].value(code='2xx')

Stricter than Prometheus: each family has HELP, then TYPE, then its samples in one piece; label
sets are unique; counters end in _total; buckets rise, end with +Inf and agree with the count.
"""
import re

_NAME = r'[a-zA-Z_:][a-zA-Z0-9_:]*'
_LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"'
_SAMPLE = re.compile(rf'({_NAME})(?:\{{({_LABEL}(?:,{_LABEL})*)\}})? (\S+)')
_NUMBER = re.compile(r'[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?Inf|NaN')
_TYPES = ('counter', 'gauge', 'histogram')


class Family:
    def __init__(self, name, help):
        self.name, self.help, self.type, self.samples = name, help, None, {}

    def value(self, suffix='', **labels):
        """Of the one sample with these labels; 0 when there is none."""
        return self.samples.get((self.name + suffix, tuple(sorted(labels.items()))), 0)

    def total(self, suffix='', **labels):
        """Of all samples that have these labels, whatever else they have."""
        return sum(v for (name, have), v in self.samples.items()
                   if name == self.name + suffix and set(labels.items()) <= set(have))

    def labels(self, name):
        return {dict(have)[name] for _, have in self.samples if name in dict(have)}


def _unescape(text):
    return re.sub(r'\\(.)', lambda m: '\n' if m[1] == 'n' else m[1], text)


def _labels(text):
    if not text:
        return ()
    pairs = [(k, _unescape(v)) for k, v in re.findall(_LABEL, text)]
    assert len(dict(pairs)) == len(pairs), f'a label twice: {text}'
    return tuple(sorted(pairs))


def _names(family):
    if family.type == 'histogram':
        return {family.name + s for s in ('_bucket', '_sum', '_count')}
    return {family.name}


def _number(text):
    assert _NUMBER.fullmatch(text), f'no number: {text}'
    return float(text)


def _check_histogram(family):
    series = {}
    for (name, labels), value in family.samples.items():
        rest = tuple(p for p in labels if p[0] != 'le')
        one = series.setdefault(rest, {'bucket': []})
        if name.endswith('_bucket'):
            one['bucket'].append((float(dict(labels)['le']), value))
        else:
            one[name[len(family.name):]] = value
    for labels, one in series.items():
        bounds, counts = [b for b, _ in one['bucket']], [c for _, c in one['bucket']]
        where = f'{family.name}{dict(labels)}'
        assert bounds == sorted(set(bounds)) and bounds[-1] == float('inf'), f'{where}: {bounds}'
        assert counts == sorted(counts), f'{where}: {counts}'
        assert one['_count'] == counts[-1] and one['_sum'] >= 0, f'{where}: {one}'


def _check(family):
    if family.type == 'counter':
        assert family.name.endswith('_total'), f'{family.name}: a counter ends in _total'
    else:
        assert not family.name.endswith('_total'), f'{family.name} is no counter'
    if family.type == 'counter':
        assert all(v >= 0 for v in family.samples.values()), f'{family.name} is below zero'
    if family.type == 'histogram':
        _check_histogram(family)


def _comment(line, families, last):
    word, name, rest = line[2:].split(' ', 2)
    assert re.fullmatch(_NAME, name), line
    if word == 'HELP':
        assert name not in families, f'{name}: two families'
        assert '\n' not in rest and not re.search(r'\\[^\\n]', rest), line
        return Family(name, rest)
    assert word == 'TYPE' and last and last.name == name and not last.type, line
    assert rest in _TYPES and not last.samples, line
    last.type = rest
    return last


def read(text):
    assert text.endswith('\n') and '\r' not in text and '\t' not in text
    families, last = {}, None
    for line in text[:-1].split('\n'):
        if line.startswith('#'):
            last = _comment(line, families, last)
            families[last.name] = last
            continue
        sample = _SAMPLE.fullmatch(line)
        assert sample, f'no sample: {line}'
        assert last and last.type and sample[1] in _names(last), f'of another family: {line}'
        key = sample[1], _labels(sample[2])
        assert key not in last.samples, f'twice: {line}'
        last.samples[key] = _number(sample[sample.re.groups])
    for family in families.values():
        assert family.type, f'{family.name} has no type'
        _check(family)
    return families
