/*
 * options.c — what a choice offers: a list, a list by the value of another field, or the texts
 * of another form's records.
 *
 * Whether a text is offered by records is asked in data/option.h; here are the lists alone.
 */
#include "def/form.h"
#include "def/types.h"

#include <string.h>

static const char *const colors[] = { "gray", "red", "orange", "amber", "yellow", "lime", "green",
    "teal", "cyan", "blue", "indigo", "violet", "purple", "pink", "brown" };

const Attr option_attrs[] = {
    { "value", ATTR_TEXT, "what is stored", "value: fair", .flags = ATTR_NEEDED },
    { "label", ATTR_LABEL, "what people call it", "label: {en: Fair, zh: 展会}" },
    { "was", ATTR_TEXT, "its former value: records keep it on renaming", "was: show",
      .label = "Former value" },
    { "color", ATTR_CHOICE, "of its badge and of its column on a board", "color: amber",
      ATTR_WORDS(colors) },
    { 0 },
};

const Attr options_from_attrs[] = {
    { "form", ATTR_FORM, "whose records", "form: city", .flags = ATTR_NEEDED },
    { "field", ATTR_FIELD, "the text that is offered", "field: name", .flags = ATTR_NEEDED },
    { "filter", ATTR_EXPR, "which records; `this.` is the record being edited",
      "filter: \"province = this.province\"" },
    { 0 },
};

static bool load_option(Cx *cx, const Node *n, Option *o)
{
    *o = (Option){ 0 };
    if (n->kind == NODE_MAP) {
        attr_check_keys(cx, n, option_attrs);
        node_read_text(cx, n, "value", &o->value);
        node_read_text(cx, n, "was", &o->was);
        label_load(cx, n, "label", &o->label);
        int color = ref_word(cx, n, "color", colors, LEN(colors), -1);
        if (color >= 0) o->color = colors[color];
    } else o->value = node_text(n);
    if (!o->value || !*o->value)
        return cx_issue(cx, node_place(n), "no_value", "an option needs a value");
    if (strlen(o->value) > 200 || strpbrk(o->value, "\r\n"))
        return cx_issue(cx, node_place(n), "bad_value",
            "the value of an option is one line of at most 200 bytes");
    return true;
}

/* An option under another value of the same field stands for both. */
static void load_list(Cx *cx, Field *f, const Node *list, const char *of)
{
    for (int i = 0; i < list->n; i++) {
        Option o;
        if (!load_option(cx, list->item[i], &o)) continue;
        Option *same = (Option *)field_option(f, o.value);
        if (same && (!of || str_in(of, same->of, same->nof))) {
            cx_issue(cx, node_place(list->item[i]), "twice",
                "the option `%s` stands here twice", o.value);
            continue;
        }
        if (!same) {
            f->option = arena_grow(cx->a, f->option, (size_t)f->noption,
                (size_t)f->noption + 1, sizeof o);
            same = &f->option[f->noption++];
            *same = o;
        }
        if (!of) continue;
        if (o.label.n) same->label = o.label;
        same->of = arena_grow(cx->a, same->of, (size_t)same->nof, (size_t)same->nof + 1,
            sizeof of);
        same->of[same->nof++] = of;
    }
}

static bool load_groups(Cx *cx, Field *f, const Node *n, const Node *map)
{
    if (!node_find(n, "within"))
        return cx_issue(cx, node_place(map), "no_within",
            "options by the value of another field need `within`, that field");
    for (int i = 0; i < map->n; i++) {
        const Node *list = map->item[i];
        if (list->kind == NODE_LIST) load_list(cx, f, list, list->key);
        else cx_issue(cx, node_place(list), "no_options",
            "the options of `%s` are a list of values", list->key);
    }
    return true;
}

static bool load_from(Cx *cx, const Node *from)
{
    if (from->kind == NODE_MAP) {
        attr_check_keys(cx, from, options_from_attrs);
        if (node_find(from, "form") && node_find(from, "field")) return true;
    }
    return cx_issue(cx, node_place(from), "no_source",
        "`options_from` is a map such as {form: city, field: name}");
}

/* `removed: {old: new}`: what takes the place of options that went; blank: nothing does. */
static bool load_removed(Cx *cx, Field *f, const Node *map)
{
    if (!map) return true;
    if (!node_is(map, NODE_MAP))
        return cx_issue(cx, node_place(map), "wrong_kind",
            "`removed` is a map such as {old: new}");
    f->removed = ARENA_ARRAY(cx->a, Removed, map->n + 1);
    for (int i = 0; i < map->n; i++) {
        const Node *n = map->item[i];
        Removed r = { n->key, node_blank(n) ? NULL : node_text(n) };
        if (field_option(f, r.value))
            cx_issue(cx, node_key_place(n), "does_not_fit",
                "`%s` is still an option; only options that went have a place here", r.value);
        else if (!node_blank(n) && (!r.now || !field_option(f, r.now)))
            cx_issue(cx, node_place(n), "no_option", "has no option `%s`",
                r.now ? r.now : "?");
        else f->removed[f->nremoved++] = r;
    }
    return true;
}

static bool load_options(Cx *cx, Field *f, const Node *n)
{
    const Node *list = node_find(n, "options"), *from = node_find(n, "options_from");
    bool tags = f->type == &type_tags;
    f->like = f;
    f->other = tags;
    node_read_bool(cx, n, "allow_other", &f->other);
    if (list && from)
        return cx_issue(cx, node_key_place(from), "does_not_fit",
            "`options` and `options_from` exclude each other");
    if (from && node_find(n, "within"))
        return cx_issue(cx, node_key_place(node_find(n, "within")), "does_not_fit",
            "`within` belongs to `options`; `options_from` has a `filter`, such as "
            "\"province = this.province\"");
    if (from) return load_from(cx, from);
    if (!list && tags && f->other) return true;
    bool map = node_is(list, NODE_MAP);
    if (!list || (!map && list->kind != NODE_LIST) || !list->n)
        return cx_issue(cx, list ? node_place(list) : node_key_place(n), "no_options",
            "a %s needs `options`, a list of values", f->type->name);
    if (map) return load_groups(cx, f, n, list);
    load_list(cx, f, list, NULL);
    return true;
}

bool options_load(Cx *cx, Field *f, const Node *n)
{
    return load_options(cx, f, n) && load_removed(cx, f, node_find(n, "removed"));
}

/* The values the options hang on are those of a choice beside. */
static bool bind_within(Cx *cx, Field *f, const Node *n)
{
    const Node *at = node_find(n, "within"), *map = node_find(n, "options");
    if (!at) return true;
    Field *by = ref_field(cx, f->form, at);
    if (!by || by->broken) return false;
    const Field *like = by->like ? by->like : by;
    bool choice = by->value == &type_choice || by->value == &type_choices;
    if (by == f || !choice)
        return cx_issue(cx, node_place(at), "no_choice",
            "`%s` is no other choice of this form", by->key);
    if (!node_is(map, NODE_MAP))
        return cx_issue(cx, node_place(map), "no_options",
            "with `within`, `options` is a map: {value of `%s`: [options]}", by->key);
    f->option_by = by;
    for (int i = 0; i < map->n && like->noption && !like->other; i++) {
        const char *key = map->item[i]->key;
        const char **known = ARENA_ARRAY(cx->a, const char *, like->noption + 1);
        if (field_option(by, key)) continue;
        for (int k = 0; k < like->noption; k++) known[k] = like->option[k].value;
        const char *meant = str_nearest(key, known, like->noption);
        if (meant)
            cx_issue(cx, node_key_place(map->item[i]), "no_option",
                "`%s` has no option `%s`; did you mean `%s`?", by->key, key, meant);
        else
            cx_issue(cx, node_key_place(map->item[i]), "no_option",
                "`%s` has no option `%s`", by->key, key);
    }
    return true;
}

static bool bind_from(Cx *cx, App *app, Field *f, const Node *from)
{
    if (!node_is(from, NODE_MAP)) return true;
    f->option_form = ref_form(cx, app, node_find(from, "form"));
    if (!f->option_form || f->option_form->broken) return false;
    Field *field = ref_field(cx, f->option_form, node_find(from, "field"));
    if (!field || field->broken) return false;
    if (field->name.kind != NAME_COLUMN || field->name.type.kind != T_TEXT)
        return cx_issue(cx, node_place(node_find(from, "field")), "wrong_type",
            "`%s` holds no text; options are texts", field->key);
    f->option_field = field;
    ExprWhere where = app_where(app, f->option_form, USE_FILTER);
    where.self = &f->form->names;
    return expr_attr(cx, from, "filter", where, T_BOOL, &f->option_filter);
}

bool options_bind(Cx *cx, App *app, Field *f, const Node *n)
{
    return bind_within(cx, f, n) && bind_from(cx, app, f, node_find(n, "options_from"));
}

bool option_fits(const Option *o, Val by)
{
    if (!o->nof) return true;
    if (by.kind == VAL_TEXT) return str_in(by.t, o->of, o->nof);
    for (int i = 0; by.kind == VAL_LIST && i < by.n; i++)
        if (by.list[i].kind == VAL_TEXT && str_in(by.list[i].t, o->of, o->nof)) return true;
    return false;
}
