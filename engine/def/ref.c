/*
 * ref.c — the rules of names, and references with suggestions.
 */
#include "def/ref.h"
#include "def/rewrite.h"

#include <string.h>

static const char *const reserved[] = {
    "id", "version", "created_at", "created_by", "updated_at", "updated_by", "deleted_at",
    "workflow", "workflow_version", "stage", "stage_since", "stage_due", "stage_history",
    "and", "or", "not", "in", "contains", "between", "true", "false", "blank", "this", "old",
};

int ref_reserved(const char *const **out)
{
    *out = reserved;
    return LEN(reserved);
}

static bool well_formed(const char *name)
{
    if (!(*name >= 'a' && *name <= 'z')) return false;
    for (const char *p = name; *p; p++) {
        bool fine = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_';
        if (!fine || (p[0] == '_' && p[1] == '_')) return false;
    }
    return name[strlen(name) - 1] != '_';
}

bool ref_name(Cx *cx, const Node *at, const char *name, int max)
{
    return ref_name_at(cx, node_key_place(at), name, max);
}

bool ref_name_at(Cx *cx, Place place, const char *name, int max)
{
    if (!well_formed(name))
        return cx_issue(cx, place, "bad_name", "`%s` is no name: small letters, digits and "
            "single _ between them, a letter first", name);
    if ((int)strlen(name) > max)
        return cx_issue(cx, place, "long_name", "the name `%s` is longer than %d bytes",
            name, max);
    if (str_in(name, reserved, LEN(reserved)) || str_starts(name, "sqlite_")
        || str_ends(name, "_v"))
        return cx_issue(cx, place, "reserved_name", "the name `%s` is reserved", name);
    return true;
}

bool ref_unknown(Cx *cx, Place at, const char *code, const char *fmt, const char *near,
    const char *word, const char *const *list, int n)
{
    const char *meant = str_nearest(word, list, n);
    if (meant) return cx_issue(cx, at, code, near, word, meant);
    return cx_issue(cx, at, code, fmt, word);
}

Field *ref_field_name(Cx *cx, const Form *form, Place at, const char *key)
{
    Field *f = form_field(form, key);
    if (f || (f = rewrite_at(cx, form, at, key))) return f;
    if (form->broken) return NULL;
    const char **known = ARENA_ARRAY(cx->a, const char *, form->names.n + 1);
    for (int i = 0; i < form->names.n; i++) known[i] = form->names.name[i]->key;
    ref_unknown(cx, at, "unknown_field", "unknown field `%s`",
        "unknown field `%s`; did you mean `%s`?", key, known, form->names.n);
    return NULL;
}

Field *ref_field(Cx *cx, const Form *form, const Node *n)
{
    const char *key = node_text(n);
    if (!key) {
        cx_issue(cx, node_place(n), "wrong_kind", "the name of a field is expected");
        return NULL;
    }
    return ref_field_name(cx, form, node_place(n), key);
}

Form *ref_form(Cx *cx, const App *app, const Node *n)
{
    const char *key = node_text(n);
    if (!key) {
        cx_issue(cx, node_place(n), "wrong_kind", "the name of a form is expected");
        return NULL;
    }
    Form *form = app_form(app, key);
    if (form || (form = rewrite_form_at(cx, app, node_place(n), key))) return form;
    const char **known = ARENA_ARRAY(cx->a, const char *, app->nform + 1);
    for (int i = 0; i < app->nform; i++) known[i] = app->form[i]->key;
    ref_unknown(cx, node_place(n), "unknown_form", "unknown form `%s`",
        "unknown form `%s`; did you mean `%s`?", key, known, app->nform);
    return NULL;
}

Role *ref_role(Cx *cx, const App *app, Place at, const char *key)
{
    Role *role = app_role(app, key);
    if (!role) role = rewrite_role_at(cx, app, at, key);
    if (role) return role;
    const char **known = ARENA_ARRAY(cx->a, const char *, app->nrole + 1);
    for (int i = 0; i < app->nrole; i++) known[i] = app->role[i].key;
    ref_unknown(cx, at, "unknown_role", "unknown role `%s`",
        "unknown role `%s`; did you mean `%s`?", key, known, app->nrole);
    return NULL;
}

const Calendar *ref_calendar(Cx *cx, const App *app, const Node *n)
{
    const char *key = node_text(n);
    const Calendar *c = key ? app_calendar(app, key) : NULL;
    if (c) return c;
    const char **known = ARENA_ARRAY(cx->a, const char *, app->ncalendar + 1);
    for (int i = 0; i < app->ncalendar; i++) known[i] = app->calendar[i].name;
    ref_unknown(cx, node_place(n), "unknown_calendar", "unknown calendar `%s`",
        "unknown calendar `%s`; did you mean `%s`?", key ? key : "?", known, app->ncalendar);
    return NULL;
}

bool ref_channel(Cx *cx, const App *app, const Node *n)
{
    const char *key = node_text(n);
    if (str_eq(key, "inbox") || app_channel(app, key)) return true;
    const char **known = ARENA_ARRAY(cx->a, const char *, app->nchannel + 1);
    known[0] = "inbox";
    for (int i = 0; i < app->nchannel; i++) known[i + 1] = app->channel[i].key;
    return ref_unknown(cx, node_place(n), "unknown_channel", "unknown channel `%s`",
        "unknown channel `%s`; did you mean `%s`?", key, known, app->nchannel + 1);
}

bool ref_channels(Cx *cx, const App *app, const Node *list, const char *const **out, int *n)
{
    const Node **each;
    int count;
    bool fine = ref_texts(cx, list, &each, &count);
    const char **key = ARENA_ARRAY(cx->a, const char *, count + 1);
    *n = 0;
    for (int i = 0; i < count; i++)
        if (ref_channel(cx, app, each[i])) key[(*n)++] = node_text(each[i]);
    *out = key;
    return fine && *n == count;
}

bool ref_texts(Cx *cx, const Node *n, const Node ***out, int *count)
{
    *count = 0;
    if (!n || n->kind == NODE_NULL) return true;
    bool list = n->kind == NODE_LIST, fine = true;
    int all = list ? n->n : 1;
    *out = ARENA_ARRAY(cx->a, const Node *, all + 1);
    for (int i = 0; i < all; i++) {
        const Node *one = list ? n->item[i] : n;
        if (node_text(one) && *node_text(one)) (*out)[(*count)++] = one;
        else fine = cx_issue(cx, node_place(one), "wrong_kind", "a text is expected here");
    }
    return fine;
}

bool ref_fields(Cx *cx, const Form *form, const Node *list, Field ***out, int *n)
{
    const Node **one;
    int count;
    bool fine = ref_texts(cx, list, &one, &count);
    *n = 0;
    *out = ARENA_ARRAY(cx->a, Field *, count + 1);
    for (int i = 0; i < count; i++) {
        Field *f = ref_field(cx, form, one[i]);
        bool twice = false;
        for (int k = 0; f && k < *n; k++) twice |= (*out)[k] == f;
        if (twice)
            cx_issue(cx, node_place(one[i]), "twice", "`%s` stands here twice", f->key);
        if (!f || twice) fine = false;
        else (*out)[(*n)++] = f;
    }
    return fine;
}

int ref_word(Cx *cx, const Node *map, const char *key, const char *const *words, int n,
    int otherwise)
{
    const Node *node = node_find(map, key);
    if (!node) return otherwise;
    const char *word = node_text(node);
    for (int i = 0; word && i < n; i++)
        if (str_eq(word, words[i])) return i;
    Str all = str_begin(cx->a);
    for (int i = 0; i < n; i++) str_printf(&all, "%s%s", i ? ", " : "", words[i]);
    if (!word)
        cx_issue(cx, node_place(node), "wrong_kind", "`%s` is one of: %s", key, str_show(&all));
    else if (str_nearest(word, words, n))
        cx_issue(cx, node_place(node), "unknown_word",
            "`%s` cannot be `%s`; did you mean `%s`?",
            key, word, str_nearest(word, words, n));
    else
        cx_issue(cx, node_place(node), "unknown_word", "`%s` cannot be `%s`; it is one of: %s",
            key, word, str_show(&all));
    return -1;
}

bool ref_duration(Cx *cx, const Node *map, const char *key, Val *out)
{
    const Node *n = node_find(map, key);
    *out = val_blank();
    if (!n) return true;
    const char *text = node_text(n);
    if (text && duration_parse(text, out) && out->i > 0) return true;
    *out = val_blank();
    return cx_issue(cx, node_place(n), "bad_duration",
        "`%s` is a duration such as 30m, 4h, 2d, 3w, 2bd or 4bh", key);
}

bool ref_zone(Cx *cx, const Node *map, const Zone **out)
{
    const char *name = NULL;
    if (!node_read_text(cx, map, "time_zone", &name) || !name) return true;
    const Zone *found = zone_find(name);
    if (found) *out = found;
    return found || cx_issue(cx, node_place(node_find(map, "time_zone")), "unknown_zone",
        "unknown time zone `%s`; they look like Asia/Shanghai", name);
}

bool ref_map(Cx *cx, const Node *n)
{
    if (!n || n->kind == NODE_MAP) return n != NULL;
    if (node_blank(n)) return false;
    return cx_issue(cx, node_place(n), "wrong_kind", "a map (key: value) is expected here");
}

bool ref_list(Cx *cx, const Node *n)
{
    if (!n || n->kind == NODE_LIST) return n != NULL;
    if (node_blank(n)) return false;
    return cx_issue(cx, node_place(n), "wrong_kind", "a list is expected here");
}
