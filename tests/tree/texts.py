#!/usr/bin/env python3
"""texts.py ROOT: every message of the engine has its translation.

Looks for the literal formats of cx_fail, cx_issue, cx_issue_source, page_say, plan_add, explain_say,
task_tell, task_ask, explain_tell and i18n_text in engine/, and for {t "…"} in web/, and compares them with web/i18n/. Prints what is missing."""
import glob
import json
import os
import re
import sys

root = sys.argv[1]
LITERAL = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
CALLS = [re.compile(r'\bcx_fail\s*\(\s*[^,]+,\s*[^,"]+,\s*' + LITERAL),
         re.compile(r'\bcx_issue(?:_source)?\s*\([^;"]*?(?:"\w*"\)?)?[^;"]*,\s*"[a-z_0-9]+"\s*,\s*'
                    + LITERAL),
         re.compile(r'\bpage_say\s*\(\s*w,\s*(?:[^",]*\?\s*)?' + LITERAL),
         re.compile(r'\bplan_add\s*\(\s*\w+,\s*\w+,\s*' + LITERAL),
         re.compile(r'\btask_(?:tell|ask)\s*\(\s*w,[^"]*' + LITERAL),
         re.compile(r'\bexplain_say\s*\(\s*w,[^"]*' + LITERAL),
         re.compile(r'\bi18n_text\s*\([^,"]*,\s*(?:[^",]*\?\s*)?' + LITERAL)]
TEMPLATE = re.compile(r'\{t "([^"]*)"')

have = set()
for path in glob.glob(os.path.join(root, 'web/i18n/**/zh*.json'), recursive=True):
    have |= set(json.load(open(path, encoding='utf-8')))


def joined(literal):
    return ''.join(json.loads(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', literal))


missing, count = [], 0
for path in sorted(glob.glob(os.path.join(root, 'engine/**/*.c'), recursive=True)):
    text = open(path, encoding='utf-8').read()
    for call in CALLS:
        for found in call.finditer(text):
            english = joined(found.group(1))
            count += 1
            if english not in have and re.search(r'[A-Za-z]{2}', re.sub(r'%[a-z.*]+', '', english)):
                line = text.count('\n', 0, found.start()) + 1
                missing.append(f'{os.path.relpath(path, root)}:{line}: {english}')
for path in sorted(glob.glob(os.path.join(root, 'web/pages/*.html'))
                   + glob.glob(os.path.join(root, 'web/fields/*.html'))):
    text = open(path, encoding='utf-8').read()
    for found in TEMPLATE.finditer(text):
        count += 1
        if found.group(1) not in have:
            line = text.count('\n', 0, found.start()) + 1
            missing.append(f'{os.path.relpath(path, root)}:{line}: {found.group(1)}')
print('\n'.join(missing) if missing else f'{count} messages, all translated')
if missing:
    print(f'{len(missing)} of {count} messages have no Chinese')
sys.exit(bool(missing))
