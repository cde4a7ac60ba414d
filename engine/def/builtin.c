/*
 * builtin.c — user and department go through the same loader as any form, so that lists,
 * rights, import and API serve them. Only the options of roles and language are the app's.
 */
#include "def/builtin.h"
#include "base/node_yaml.h"

#include <string.h>

static const char user_text[] =
    "form: user\n"
    "label: {en: User, zh: 用户}\n"
    "icon: user\n"
    "title: \"{name}\"\n"
    "fields:\n"
    "  name: {type: text, label: {en: Name, zh: 姓名}, required: true, max: 120, search: true}\n"
    "  login: {type: text, label: {en: Login, zh: 登录名}, required: true, unique: true,\n"
    "    max: 64, pattern: '[^\\s/:@]+(@[^\\s/:@]+)?'}\n"
    "  email: {type: email, label: {en: E-mail, zh: 邮箱}, search: true}\n"
    "  phone: {type: phone, label: {en: Phone, zh: 电话}, search: true}\n"
    "  roles: {type: choices, label: {en: Roles, zh: 角色}, options: [%s]}\n"
    "  department: {type: department, label: {en: Department, zh: 部门}, index: true}\n"
    "  manager: {type: user, label: {en: Manager, zh: 上级}}\n"
    "  language: {type: choice, label: {en: Language, zh: 语言}, options: [%s]}\n"
    "  time_zone: {type: text, label: {en: Time zone, zh: 时区}, max: 64}\n"
    "  active: {type: boolean, label: {en: Active, zh: 启用}, default: true}\n"
    "  away_from: {type: date, label: {en: Away from, zh: 离岗开始}}\n"
    "  away_until: {type: date, label: {en: Away until, zh: 离岗结束},\n"
    "    check: \"is_blank(away_from) or away_until >= away_from\"}\n"
    "views:\n"
    "  active: {type: table, label: {en: Active, zh: 在职}, filter: active, sort: name,\n"
    "    columns: [name, login, roles, department, manager]}\n"
    "  all: {type: table, label: {en: All, zh: 全部}, sort: name,\n"
    "    columns: [name, login, email, roles, department, manager, active]}\n"
    "permissions:\n"
    "  everyone:\n"
    "    read: all\n"
    "    fields: {login: hidden, email: hidden, phone: hidden, roles: hidden,\n"
    "      language: hidden, time_zone: hidden}\n";

static const char department_text[] =
    "form: department\n"
    "label: {en: Department, zh: 部门}\n"
    "icon: users\n"
    "title: \"{name}\"\n"
    "fields:\n"
    "  name: {type: text, label: {en: Name, zh: 名称}, required: true, max: 120,\n"
    "    unique: {within: parent}, search: true}\n"
    "  parent: {type: department, label: {en: Part of, zh: 上级部门}}\n"
    "  head: {type: user, label: {en: Head, zh: 负责人}}\n"
    "views:\n"
    "  all: {type: table, label: {en: All, zh: 全部}, sort: name,\n"
    "    columns: [name, parent, head]}\n"
    "permissions:\n"
    "  everyone: {read: all}\n";

/* No form to work with: the target of file fields, so that links, titles and expressions know
   files as they know any record. */
static const char file_text[] =
    "form: file\n"
    "label: {en: File, zh: 文件}\n"
    "title: \"{name}\"\n"
    "fields:\n"
    "  name: {type: text, label: {en: Name, zh: 名称}}\n"
    "  size: {type: number, label: {en: Size, zh: 大小}}\n"
    "  type: {type: text, label: {en: Type, zh: 类型}}\n"
    "permissions:\n"
    "  everyone: {read: all}\n";

static Form *load(Cx *cx, App *app, const char *file, const char *text)
{
    const Node *n = yaml_parse(cx, file, text, strlen(text));
    BUG_IF(!n);
    Form *f = form_load(cx, app, file, n);
    f->builtin = true;
    return f;
}

/* A wrong name was told where it stands; quoted it can do no harm here. */
static const char *role_keys(Cx *cx, const App *app)
{
    Str s = str_begin(cx->a);
    for (int i = 0; i < app->nrole; i++) {
        const Role *r = &app->role[i];
        if ((r->builtin && !str_eq(r->key, "admin")) || strchr(r->key, '\'')) continue;
        str_printf(&s, "%s'%s'", s.n ? ", " : "", r->key);
    }
    return str_show(&s);
}

static const char *languages(Cx *cx, const App *app)
{
    static const struct { const char *key, *name; } names[] = {
        { "en", "English" }, { "zh", "中文" },
    };
    Str s = str_begin(cx->a);
    for (int i = 0; i < app->nlanguage; i++) {
        const char *name = app->language[i];
        for (int k = 0; k < LEN(names); k++)
            if (str_eq(names[k].key, app->language[i])) name = names[k].name;
        str_printf(&s, "%s{value: '%s', label: '%s'}", i ? ", " : "", app->language[i], name);
    }
    return str_show(&s);
}

void builtin_forms_load(Cx *cx, App *app)
{
    /* The mistakes of names in app.yaml were told there. */
    Cx inner = cx_begin(cx->a, cx->lang);
    const char *text = arena_printf(cx->a, user_text, role_keys(cx, app), languages(cx, app));
    Form *user = load(&inner, app, "user.yaml", text);
    app->form[app->nform++] = user;
    app->form[app->nform++] = load(&inner, app, "department.yaml", department_text);
    app->files = load(&inner, app, "file.yaml", file_text);
    app->files->key = app->files->names.key = app->files->names.table = "_file";
    Field *roles = form_field(user, "roles");
    for (int i = 0; roles && i < roles->noption; i++) {
        const Role *r = app_role(app, roles->option[i].value);
        if (!r) continue;
        roles->option[i].label = r->label;
        roles->option[i].was = r->was;
    }
}
