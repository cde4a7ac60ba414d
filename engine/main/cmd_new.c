/*
 * cmd_new.c — new: a small app that runs, as text to read and to change.
 */
#include "main/cmd.h"
#include "base/out.h"
#include "base/sys.h"

#include <stdio.h>
#include <string.h>

typedef struct Starter { const char *path, *text; } Starter;

static const Starter files[] = {
{ "app.yaml",
"app: ideas\n"
"label: {en: Ideas, zh: 点子}\n"
"languages: [en, zh]              # the first is the default\n"
"time_zone: Asia/Shanghai\n"
"country: CN\n"
"currency: CNY\n"
"roles:                           # admin, everyone and public exist already\n"
"  member: {label: {en: Member, zh: 成员}}\n"
"menu:\n"
"  - {section: {en: Work, zh: 工作}, items: [idea]}\n" },
{ "forms/idea.yaml",
"form: idea\n"
"label: {en: Idea, zh: 点子}\n"
"title: \"{name}\"                  # how a record is called in lists and links\n"
"owner: owner                     # the user field that `own` refers to\n"
"fields:\n"
"  name:    {label: {en: Name, zh: 名称}, type: text, required: true, max: 120, search: true}\n"
"  details: {label: {en: Details, zh: 说明}, type: longtext}\n"
"  cost:    {label: {en: Cost, zh: 成本}, type: money, min: 0}\n"
"  gain:    {label: {en: Gain, zh: 收益}, type: money, min: 0}\n"
"  worth:   {label: {en: Worth, zh: 净值}, type: formula, of: money, formula: \"gain - cost\"}\n"
"  owner:   {label: {en: Owner, zh: 负责人}, type: user, default: \"=me()\"}\n"
"  decide_on: {label: {en: Decide on, zh: 决定日期}, type: date}\n"
"views:\n"
"  all:   {label: {en: All, zh: 全部}, type: table, "
"columns: [name, worth, stage, owner, decide_on]}\n"
"  board: {label: {en: Board, zh: 看板}, type: kanban, by: stage, card: [worth, owner]}\n"
"permissions:                     # no entry, no right; several roles add up\n"
"  member: {read: all, create: true, update: own, delete: own, export: all}\n"
"reminders:\n"
"  decide: {at: \"decide_on\", if: \"stage = 'open'\", to: owner,\n"
"    text: {en: \"Decide on {name}\", zh: \"请决定：{name}\"}}\n" },
{ "workflows/idea_flow.yaml",
"workflow: idea_flow\n"
"form: idea\n"
"stages:\n"
"  open:    {label: {en: Open, zh: 待定}, status: open}\n"
"  chosen:  {label: {en: Chosen, zh: 采纳}, status: won, lock: true}\n"
"  dropped: {label: {en: Dropped, zh: 放弃}, status: lost}\n"
"transitions:\n"
"  choose: {label: {en: Choose, zh: 采纳}, from: open, to: chosen, by: member, "
"require: [cost, gain]}\n"
"  drop:   {label: {en: Drop, zh: 放弃}, from: open, to: dropped, by: member}\n"
"  reopen: {label: {en: Reopen, zh: 重新考虑}, from: dropped, to: open, by: member}\n" },
{ "plugins/welcome.lua",
"-- Rules say what YAML cannot. This one explains itself on the record's page.\n"
"on(\"idea.before_create\", function(idea)\n"
"  if idea.gain and idea.cost and idea.gain < idea.cost then\n"
"    explain(\"%s costs more than it gains\", idea.name)\n"
"  end\n"
"end)\n" },
{ "scenarios/first.yaml",
"scenario: An idea is chosen when its worth is known\n"
"now: 2026-03-02T09:00:00+08:00\n"
"given:\n"
"  users: [{login: ann, roles: [member]}]\n"
"steps:\n"
"  - {as: ann, create: idea, values: {name: Solar roof, decide_on: 2026-03-04}, name: roof}\n"
"  - {as: ann, transition: roof, to: chosen, refuse: {field: gain}}\n"
"  - {advance: 3d}\n"
"  - {expect_messages: ann, contains: [Decide on Solar roof]}\n"
"  - {as: ann, transition: roof, to: chosen, values: {cost: 10, gain: 30}}\n"
"  - {expect: roof, values: {stage: chosen, worth: 20, owner: ann}}\n" },
{ "README.md",
"# Ideas\n\n"
"A small Tenon app to start from.\n\n"
"    tenon check          # read everything, report mistakes\n"
"    tenon test           # run scenarios/\n"
"    tenon apply          # make the database\n"
"    printf 'a long password' | tenon user add --login ann --roles admin --password-stdin\n"
"    tenon serve          # http://127.0.0.1:8080\n\n"
"`app.yaml` names languages, roles and the menu; `forms/` holds one form a file, `workflows/`\n"
"its stages, `plugins/` rules in Lua, `scenarios/` tests. A changed file is live at once\n"
"while the server runs.\n" },
{ ".gitignore", "/data/\n" },
};

int run_new(Cmd *c)
{
    const char *dir = c->arg[0];
    if (file_exists(path_join(c->a, dir, "app.yaml"))) {
        cx_fail(&c->cx, E_CONFLICT, "%s is an app already", dir);
        return cmd_failed(c);
    }
    for (int i = 0; i < LEN(files); i++) {
        const char *path = path_join(c->a, dir, files[i].path);
        char *folder = arena_dup(c->a, path);
        *strrchr(folder, '/') = 0;
        if (!dir_make(&c->cx, folder)
            || !file_write(&c->cx, path, files[i].text, strlen(files[i].text)))
            return cmd_failed(c);
    }
    if (c->json) {
        Node *out = node_map(c->a);
        node_put_text(c->a, out, "dir", dir);
        printf("%s\n", node_json(c->a, out));
        return EXIT_DONE;
    }
    printf("%s is an app now: tenon check %s && tenon serve %s\n", dir, dir, dir);
    return EXIT_DONE;
}
