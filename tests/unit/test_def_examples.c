/* links: def */
/*
 * The examples of the tables of keys: each is put into a definition, with what it needs beside
 * it, and the app loads. So what docs/ and editors show is never wrong.
 */
#include "test_support.h"
#include "def/app.h"
#include "def/json_schema.h"

#include <stdlib.h>

typedef struct Block { const char *key, *text; } Block;

/* What the examples speak of. */
static const Block app_base[] = {
    { "app", "app: test\n" }, { "languages", "languages: [en, zh]\n" },
    { "time_zone", "time_zone: Asia/Shanghai\n" }, { "country", "country: CN\n" },
    { "roles", "roles: {sales: {}, boss: {includes: [sales]}}\n" },
    { "calendars", "calendars: {office: {hours: {mon-fri: [\"09:00-18:00\"]}}}\n" },
    { "channels", "channels: {email: {smtp: \"smtp://127.0.0.1:25\", from: a@example.com}}\n" },
    { 0 },
};
static const Block form_base[] = {
    { "form", "form: test\n" }, { "owner", "owner: owner\n" },
    { "fields", "fields:\n"
      "  name: {type: text}\n  customer: {type: link, to: customer}\n  amount: {type: money}\n"
      "  budget: {type: money}\n  kind: {type: choice, options: [one, other]}\n"
      "  due: {type: date}\n  born_on: {type: date}\n  owner: {type: user}\n"
      "  phone: {type: phone}\n  quantity: {type: number}\n  price: {type: money}\n"
      "  photo: {type: image}\n  customers: {type: links, to: customer}\n  province: {type: choice, options: [web, fair]}\n"
      "  items: {type: subform, fields: {part: {type: text}}}\n" },
    { 0 },
};
static const Block workflow_base[] = {
    { "workflow", "workflow: test\n" }, { "form", "form: test\n" },
    { "stages", "stages: {first: {}, second: {}, last: {}}\n" },
    { "transitions", "transitions: {new_one: {from: first, to: second, by: sales}, "
      "go: {from: first, to: first, by: owner}}\n" }, { 0 },
};
static const Block workflow_whole[] = {
    { "workflow", "workflow: test\n" }, { "form", "form: test\n" },
    { "stages", "stages: {first: {}, second: {}, last: {}}\n" },
    { "transitions", "transitions: {new_one: {from: first, to: second, by: sales}}\n" }, { 0 },
};
static const char customer[] = "form: customer\nfields:\n  name: {type: text}\n"
    "  tier: {type: choice, options: [a, b]}\n  mobile: {type: phone}\n  rank: {type: number}\n"
    "  status: {type: choice, options: [active, gone, open]}\n";
static const char team[] = "form: team\nfields:\n  region: {type: text}\n  rank: {type: number}\n"
    "  active: {type: boolean}\n  department: {type: department}\n  method: {type: text}\n"
    "  most_day: {type: number}\n  most_open: {type: number}\n"
    "  members: {type: subform, fields: {person: {type: user}, weight: {type: number}}}\n";
static const char payment[] = "form: payment\nfields:\n  amount: {type: money}\n"
    "  opportunity: {type: link, to: test}\n  status: {type: choice, options: [received, open]}\n";

static const Block dashboard_base[] = {
    { "dashboard", "dashboard: test\n" },
    { "filters", "filters: {period: {type: date_range}}\n" }, { 0 },
};

typedef struct World {
    Arena *a;
    const char *file; const Block *base;       /* of the file that is tried */
    int tried, steps;
} World;

static void add_base(Str *s, const Block *base, const char *without)
{
    for (const Block *b = base; b->key; b++)
        if (!str_eq(b->key, without)) str_add(s, b->text);
}

static Source source(Arena *a, const char *path, const Block *base, const char *text)
{
    Str s = str_begin(a);
    if (text) str_add(&s, text);
    else add_base(&s, base, NULL);
    return (Source){ path, str_show(&s), s.n };
}

static bool loads(World *w, const char *text, bool tell)
{
    static const struct { const char *path; const Block *base; const char *text; } files[] = {
        { "app.yaml", app_base, NULL }, { "forms/test.yaml", form_base, NULL },
        { "workflows/test.yaml", workflow_whole, NULL }, { "forms/customer.yaml", NULL, customer },
        { "forms/payment.yaml", NULL, payment },
        { "forms/city.yaml", NULL, "form: city\nfields: {name: {type: text}, code: {type: text, unique: true}, province: {type: text}}\n" },
        { "forms/team.yaml", NULL, team },
        { "dashboards/test.yaml", dashboard_base, NULL },
        { "forms/topic.yaml", NULL, "form: topic\nfields: {name: {type: text}}\n" },
    };
    Source all[LEN(files)];
    cx_clear(&cx);
    for (int i = 0; i < LEN(files); i++)
        all[i] = source(w->a, files[i].path, files[i].base,
            str_eq(files[i].path, w->file) ? text : files[i].text);
    App *app = app_load_sources(&cx, all, LEN(all), NULL);
    bool ok = app != NULL;
    for (int i = 0; tell && i < cx.nissue; i++)
        print_message("%s:%d: %s\n", cx.issue[i].at.file, cx.issue[i].at.line, cx.issue[i].text);
    if (tell && !ok) print_message("%s", text);
    app_give(app);
    return ok;
}

static void line(Str *s, int depth, const char *text)
{
    str_printf(s, "%*s%s\n", 2 * depth, "", text);
}

static const Attr *find(const Attr *table, const char *key)
{
    for (const Attr *a = table; key && a->key; a++)
        if (str_eq(a->key, key)) return a;
    return NULL;
}

/* What must stand beside `but`: what is needed, one of those that exclude each other, its
   `with`. */
static void add_needed(Str *s, int depth, const Attr *table, const Attr *but)
{
    bool one = but->flags & ATTR_ONE;
    const Attr *with = find(table, but->with);
    for (const Attr *a = table; a->key; a++) {
        bool beside = a->with && (str_eq(a->with, but->key) || (with && str_eq(a->with, with->key)));
        bool needed = (a->flags & ATTR_NEEDED) && (!a->with || beside);
        bool first = (a->flags & ATTR_ONE) && !one && !with;
        if (str_eq(a->key, "within") && find(table, "late")
            && str_in(but->key, (const char *const[]){ "calendar", "pause", "late" }, 3))
            line(s, depth, a->example);
        if (str_eq(a->key, "event") && str_eq(but->key, "secret")) {
            line(s, depth, "event: webhook");
            continue;
        }
        if (a == but || a->kind == ATTR_LATER || !(needed || first || a == with)) continue;
        if (a->unless && str_eq(a->unless, but->key)) continue;
        line(s, depth, a->example);
        one |= first;
    }
}

static void try_table(World *w, const Attr *table, const char *before, int depth,
    const char *key, bool steps);

/* `but` opened: what stands in it is at the depth returned. */
static int open_map(Str *s, int depth, const Attr *attr)
{
    line(s, depth++, arena_printf(s->a, "%s:", attr->key));
    if (attr->kind == ATTR_LIST || attr->kind == ATTR_OPTIONS) line(s, depth++, "-");
    if (str_eq(attr->key, "roles")) line(s, depth, "sales: {}");     /* one to include */
    if (str_eq(attr->key, "transitions")) {                          /* those that go on */
        line(s, depth, "finish: {from: last, to: first, by: owner}");
        line(s, depth, "go: {from: last, to: first, by: owner}");
    }
    if (str_eq(attr->key, "stages")) line(s, depth, "second: {}");
    if (attr->kind == ATTR_EACH)
        line(s, depth++, str_eq(attr->key, "permissions") ? "sales:"
            : attr->flags & ATTR_REFS ? "amount:" : str_eq(attr->key, "stages") ? "first:" : "new_one:");
    return depth;
}

static void try_inside(World *w, const Attr *attr, const char *before, int depth,
    const char *key)
{
    Str s = str_begin(w->a);
    const Attr *of = str_eq(attr->shape, "step") ? step_attrs
        : str_eq(attr->shape, "right") ? right_attrs
        : attr->kind == ATTR_OPTIONS ? option_attrs : attr->of;
    str_add(&s, before);
    depth = open_map(&s, depth, attr);
    if (of == step_attrs && w->steps) return;             /* steps in steps are the same */
    w->steps += of == step_attrs;
    if (of) try_table(w, of, str_show(&s), depth, key, of == step_attrs);
    w->steps -= of == step_attrs;
    const AttrVariants *all = attr_variants(attr->shape);
    for (const AttrVariant *v = all ? all->of : NULL; v && v->name; v++) {
        Str in = str_begin(w->a);
        str_add(&in, str_show(&s));
        if (!str_eq(v->attr->key, all->by) || all->preset)
            line(&in, depth, arena_printf(w->a, "%s: %s", all->by, v->name));
        const Attr *own = v->attr;
        try_table(w, str_eq(own->key, all->by) && all->preset ? own + 1 : own, str_show(&in), depth, key, false);
    }
}

/* `before`: the lines that lead to the table; `key`: of the file, replaced by them. */
static void try_table(World *w, const Attr *table, const char *before, int depth,
    const char *key, bool steps)
{
    for (const Attr *a = table; a->key; a++) {
        assert_non_null(a->help);
        if (a->kind == ATTR_LATER) continue;
        if (!a->example || !str_starts(a->example, a->key))
            fail_msg("%s has no example", a->key);
        Str lead = str_begin(w->a), s = str_begin(w->a);
        str_add(&lead, before);
        if (!steps && *before) add_needed(&lead, depth, table, a);
        const char *root = key ? key : a->key;
        add_base(&s, w->base, root);
        str_add(&s, str_show(&lead));
        line(&s, depth, a->example);
        if (!loads(w, str_show(&s), false)) {
            loads(w, str_show(&s), true);
            fail_msg("the example of %s does not load", a->key);
        }
        w->tried++;
        try_inside(w, a, str_show(&lead), depth, root);
    }
}

static void examples_of_files_load(void **state)
{
    setenv("ERP_SECRET", "s", 1);             /* secrets never stand in files */
    setenv("ROBOT_SECRET", "s", 1);
    static const struct { const char *kind, *file; const Block *base; int least; } files[] = {
        { "app", "app.yaml", app_base, 25 }, { "form", "forms/test.yaml", form_base, 50 },
        { "workflow", "workflows/test.yaml", workflow_base, 30 },
        { "dashboard", "dashboards/test.yaml", dashboard_base, 90 },
    };
    const FileKind *kind;
    int n = file_kinds(&kind);
    (void)state;
    for (int i = 0; i < n; i++) {
        World w = { .a = arena };
        int least = 0;
        for (int k = 0; k < LEN(files); k++)
            if (str_eq(files[k].kind, kind[i].name)) {
                w.file = files[k].file;
                w.base = files[k].base;
                least = files[k].least;
            }
        assert_non_null(w.file);
        try_table(&w, kind[i].attrs, "", 0, NULL, false);
        assert_true(w.tried >= least);
    }
}

static const char *field_with(World *w, const FieldType *type, const Attr *a)
{
    Str s = str_begin(w->a);
    add_base(&s, form_base, "fields");
    str_add(&s, form_base[2].text);
    line(&s, 1, "new_one:");
    line(&s, 2, arena_printf(w->a, "type: %s", type->name));
    const Attr none = { .key = "" };
    bool own = false;
    for (const Attr *o = type->attr; o && o->key; o++) own |= o == a;
    /* Options that hang on another choice stand in groups; the needed ones are a plain list. */
    if (str_eq(type->name, "heading")) line(&s, 2, "label: Agreed");
    if (str_eq(a->key, "within")) {
        bool province = str_eq(a->example, "within: province");
        line(&s, 2, province ? "options: {web: [a], fair: [b]}" : "options: {one: [a], other: [b]}");
    }
    else if (type->attr) add_needed(&s, 2, type->attr, own ? a : &none);
    if (!own) {
        const Attr *with = find(field_common_attrs(), a->with);
        if (with) line(&s, 2, with->example);
    }
    line(&s, 2, a->example);
    return str_show(&s);
}

static void examples_of_field_types_load(void **state)
{
    const FieldType *const *type;
    int n = field_type_list(&type);
    World w = { .a = arena, .file = "forms/test.yaml", .base = form_base };
    (void)state;
    for (int i = 0; i < n; i++)
        for (const Attr *a = type[i]->attr; a && a->key; a++) {
            assert_non_null(a->help);
            if (a->kind == ATTR_LATER) continue;
            if (!a->example) fail_msg("%s of %s has no example", a->key, type[i]->name);
            const char *text = field_with(&w, type[i], a);
            if (!loads(&w, text, false)) {
                loads(&w, text, true);
                fail_msg("the example of %s of %s does not load", a->key, type[i]->name);
            }
            w.tried++;
        }
    assert_true(w.tried > 40);
}

/* A default fits some type, not all. */
static void examples_of_common_attributes_load_in_some_type(void **state)
{
    const FieldType *const *type;
    int n = field_type_list(&type);
    World w = { .a = arena, .file = "forms/test.yaml", .base = form_base };
    (void)state;
    for (const Attr *a = field_common_attrs() + 1; a->key; a++) {
        bool any = false;
        for (int i = 0; i < n && !any; i++)
            any = field_type_takes(type[i], a->key)
                && loads(&w, field_with(&w, type[i], a), false);
        if (!any) fail_msg("the example of %s loads in no type", a->key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(examples_of_files_load),
        T(examples_of_field_types_load),
        T(examples_of_common_attributes_load_in_some_type),
    };
    expr_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
