/*
 * layout.c — sections and tabs; a field stands in one of them at most. A tab may be empty itself:
 * the sections behind it stand in it.
 */
#include "def/layout.h"
#include "def/value.h"

const Attr section_attrs[] = {
    { "section", ATTR_LABEL, "what stands above it", "section: {en: Basics, zh: 基本信息}" },
    { "tab", ATTR_LABEL, "instead of `section`: shown as a tab", "tab: {en: Account, zh: 账户}" },
    { "columns", ATTR_INT, "in how many columns its fields stand", "columns: 2",
      .least = 1, .most = 4, .flags = ATTR_NUMBERED, .label = "Number of columns" },
    { "visible", ATTR_EXPR, "shown where it holds", "visible: \"amount > 0\"" },
    { "fields", ATTR_FIELDS, "its fields, in order", "fields: [name, amount]",
      .unless = "tab", .flags = ATTR_NEEDED },
    { 0 },
};

static bool standing(const Form *f, const Field *field, int sections)
{
    for (int i = 0; i < sections; i++)
        for (int k = 0; k < f->section[i].nfield; k++)
            if (f->section[i].field[k] == field) return true;
    return false;
}

/* A section is seen where its tab is: one condition of both. Its text is of no file, so former
   names in it are not known by it: an app that has some is loaded again with the new ones. */
static void within(Cx *cx, App *app, Form *f, const Node *n, const Section *tab, Section *s)
{
    ExprWhere where = app_where(app, f, USE_CHECK);
    Cx quiet = cx_begin(cx->a, cx->lang);

    if (!tab || !tab->visible) return;
    if (!s->visible) {
        s->visible = tab->visible;
        return;
    }
    where.want = (Type){ .kind = T_BOOL };
    Expr *both = expr_load(app->nrewrite ? &quiet : cx, n,
        arena_printf(cx->a, "(%s) and (%s)", expr_text(tab->visible),
        expr_text(s->visible)), &where);
    if (both) s->visible = both;
}

static void load_section(Cx *cx, App *app, Form *f, const Node *n, const Section *tab,
    Section *s)
{
    int64_t columns = 2;
    if (!ref_map(cx, n)) return;
    attr_check_keys(cx, n, section_attrs);
    s->tab = node_find(n, "tab") != NULL;
    if (s->tab && node_find(n, "section"))
        cx_issue(cx, node_key_place(node_find(n, "tab")), "does_not_fit",
            "a part of the layout is a `section` or a `tab`, not both");
    label_load(cx, n, s->tab ? "tab" : "section", &s->label);
    if (node_read_int(cx, n, "columns", &columns) && (columns < 1 || columns > 4))
        cx_issue(cx, node_place(node_find(n, "columns")), "out_of_range",
            "`columns` is 1 to 4");
    s->columns = (int)columns;
    expr_attr(cx, n, "visible", app_where(app, f, USE_CHECK), T_BOOL, &s->visible);
    if (!s->tab) within(cx, app, f, n, tab, s);
    const Node *fields = node_find(n, "fields");
    if (!fields && !s->tab)
        cx_issue(cx, node_place(n), "no_fields", "a section needs `fields`");
    ref_fields(cx, f, fields, &s->field, &s->nfield);
    for (int i = 0; i < s->nfield; i++)
        if (standing(f, s->field[i], f->nsection))
            cx_issue(cx, node_place(fields), "twice", "`%s` stands in two sections",
                s->field[i]->key);
}

static void plain_layout(Cx *cx, Form *f)
{
    f->section = ARENA_ARRAY(cx->a, Section, f->nfield + 1);
    Section *first = &f->section[f->nsection++];
    first->columns = 2;
    first->field = ARENA_ARRAY(cx->a, Field *, f->nfield + 1);
    for (int i = f->nsystem; i < f->nfield; i++) {
        Field *field = f->field[i];
        if (field->type->store != STORE_ROWS) {
            first->field[first->nfield++] = field;
            continue;
        }
        Section *own = &f->section[f->nsection++];
        *own = (Section){ .label = field->label, .columns = 1, .nfield = 1 };
        own->field = ARENA_ARRAY(cx->a, Field *, 1);
        own->field[0] = field;
    }
}

bool layout_load(Cx *cx, App *app, Form *f, const Node *list)
{
    if (!ref_list(cx, list) || !list->n) {
        plain_layout(cx, f);
        return true;
    }
    const Section *tab = NULL;
    f->section = ARENA_ARRAY(cx->a, Section, list->n);
    for (int i = 0; i < list->n; i++) {
        Section *s = &f->section[i];
        load_section(cx, app, f, list->item[i], tab, s);
        f->nsection++;
        if (s->tab) tab = s;
        for (int k = 0; k < s->nfield; k++) s->field[k]->section = s;
    }
    return true;
}
