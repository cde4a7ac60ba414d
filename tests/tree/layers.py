#!/usr/bin/env python3
"""layers.py ROOT: no file includes a higher layer, nor a later file of its own layer.

The order of layers and of files is the one of CMakeLists.txt; where a layer takes "*", its
headers must have no cycle. A header without a .c may stay out of the list. Lua's and CivetWeb's
headers are for a few files only."""
import os
import re
import sys

root = sys.argv[1]
engine = os.path.join(root, 'engine')
cmake = open(os.path.join(root, 'CMakeLists.txt'), encoding='utf-8').read()
layers = {}
for name, files in re.findall(r'^(?:layer\(|program\(\w+ )(\w+) FILES (.*?) (?:ON|LINKS)\b',
                              cmake, re.S | re.M):
    layers[name] = files.split()
order = list(layers)
errors = []
includes = {}

ONLY = {                     # header → the files that may include it
    'civetweb.h': {'http/server.c'},
    'lua.h': None, 'lauxlib.h': None, 'lualib.h': None,
}


def module(path):
    return path[:-2]


def may_lua(path):
    return path.startswith(('rule/', 'data/rule_')) or path == 'main/demo.c'


for folder, _, names in os.walk(engine):
    for name in sorted(names):
        if not name.endswith(('.c', '.h')):
            continue
        path = os.path.relpath(os.path.join(folder, name), engine)
        layer = path.split('/')[0]
        if layer not in layers:
            errors.append(f'{path}: {layer} is no layer')
            continue
        includes[path] = []
        for number, line in enumerate(open(os.path.join(folder, name), encoding='utf-8'), 1):
            found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line)
            if not found:
                continue
            what = found.group(2)
            place = f'engine/{path}:{number}'
            if what in ONLY:
                allowed = ONLY[what] is None and may_lua(path) or path in (ONLY[what] or ())
                if not allowed:
                    errors.append(f'{place}: {what} is not for this file')
            if found.group(1) == '<':
                continue
            if not os.path.exists(os.path.join(engine, what)):
                errors.append(f'{place}: "{what}" is not written with its layer')
                continue
            other = what.split('/')[0]
            if order.index(other) > order.index(layer):
                errors.append(f'{place}: {layer} may not include {what}')
            if other == layer and module(what) != module(path):
                includes[path].append((what, number))

for path, list_ in includes.items():
    layer = path.split('/')[0]
    files = layers[layer]
    stem = module(path).split('/')[1]
    if '*' in files:
        continue
    if path.endswith('.c') and stem not in files:
        errors.append(f'engine/{path}: has no place in the order of layer {layer}')
        continue
    for what, number in list_:
        first, second = stem, module(what).split('/')[1]
        if first in files and second in files and files.index(second) > files.index(first):
            errors.append(f'engine/{path}:{number}: {what} comes later in the layer')

# Where the order is open, headers must at least have no cycle.
graph = {}
for path, list_ in includes.items():
    if path.endswith('.c'):
        continue
    graph.setdefault(module(path), set()).update(module(what) for what, _ in list_)
state = {}


def visit(node, trail):
    if state.get(node) == 2:
        return
    if state.get(node) == 1:
        errors.append('cycle: ' + ' → '.join(trail[trail.index(node):] + [node]))
        return
    state[node] = 1
    for following in sorted(graph.get(node, ())):
        visit(following, trail + [node])
    state[node] = 2


for node in sorted(graph):
    visit(node, [])

print('\n'.join(errors) if errors else f'{len(includes)} files, {len(order)} layers: in order')
sys.exit(bool(errors))
