/*
 * type_choice.c — choice, choices and tags: texts of which some or all are given.
 */
#include "def/types.h"

#include <string.h>

enum { MAX_VALUE = 200 };

/* What is no option but an option's label in some language, where one may write freely. */
static const char *meant(const Field *f, const char *text)
{
    for (int i = 0; !field_option(f, text) && i < f->noption; i++)
        for (int k = 0; k < f->option[i].label.n; k++)
            if (str_eq(f->option[i].label.text[k], text)) return f->option[i].value;
    return text;
}

static bool choice_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    (void)zone;
    const char *text;
    *out = val_blank();
    if (!text_input(cx, f, in, &text)) return false;
    if (text && f->other) text = meant(f, text);
    *out = val_text(text);
    return true;
}

/* One's own: a line that fits an index. Records as options are asked in data. */
static bool is_free(Cx *cx, const Field *f, const char *value)
{
    if (strlen(value) > MAX_VALUE || strpbrk(value, "\r\n"))
        return cx_issue(cx, at_field(f->key), "too_long",
            "is no single line of at most %d bytes", MAX_VALUE);
    return true;
}

static bool is_option(Cx *cx, const Field *f, const char *value)
{
    if (field_option(f, value)) return true;
    if (f->option_form) return true;
    if (f->other) return is_free(cx, f, value);
    const char **known = ARENA_ARRAY(cx->a, const char *, f->noption + 1);
    for (int i = 0; i < f->noption; i++) known[i] = f->option[i].value;
    const char *near = str_nearest(value, known, f->noption);
    if (near)
        return cx_issue(cx, at_field(f->key), "no_option",
            "has no option `%s`; did you mean `%s`?", value, near);
    return cx_issue(cx, at_field(f->key), "no_option", "has no option `%s`", value);
}

static void choice_check(Cx *cx, const Field *f, Val v)
{
    is_option(cx, f, v.t);
}

static void show_option(const Field *f, const char *value, const Show *as, Str *out)
{
    const Option *o = field_option(f, value);
    str_add(out, o ? label_show(&o->label, as->lang, value) : value);
}

static void choice_show(const Field *f, Val v, const Show *as, Str *out)
{
    show_option(f, v.t, as, out);
}

/* The next piece up to a comma of any script, trimmed; NULL at the end. */
static const char *next_piece(Arena *a, const char **p)
{
    static const char *const commas[] = { ",", "，", "、", ";", "；", "\n" };
    const char *from = *p;
    if (!from || !*from) return NULL;
    for (const char *q = from; *q; q++)
        for (int i = 0; i < LEN(commas); i++)
            if (str_starts(q, commas[i])) {
                *p = q + strlen(commas[i]);
                return str_trim(a, arena_dup_n(a, from, (size_t)(q - from)));
            }
    *p = NULL;
    return str_trim(a, from);
}

/* Where one may write freely, a comma ends a value: `a, b` is two. */
static const Node *pieces(Cx *cx, const Field *f, const Node *in)
{
    Node *list = node_list(cx->a);
    int n = in->kind == NODE_LIST ? in->n : 1;
    if (!f->other) return in;
    for (int i = 0; i < n; i++) {
        const Node *one = in->kind == NODE_LIST ? in->item[i] : in;
        const char *text = one->kind == NODE_TEXT ? one->text : NULL, *piece;
        if (!text || field_option(f, text)) {
            node_add(cx->a, list, node_copy(cx->a, one));
            continue;
        }
        while ((piece = next_piece(cx->a, &text)))
            if (*piece) node_add(cx->a, list, node_new_text(cx->a, piece));
    }
    return list;
}

static bool choices_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    *out = val_blank();
    if (node_blank(in)) return true;
    return list_input(cx, f, pieces(cx, f, in), zone, choice_read, out);
}

static void choices_check(Cx *cx, const Field *f, Val v)
{
    for (int i = 0; i < v.n; i++)
        if (!is_option(cx, f, v.list[i].t)) return;
}

/* Capitals make no other tag: the first spelling stays. */
static bool tags_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    if (!choices_read(cx, f, in, zone, out)) return false;
    Val *item = ARENA_ARRAY(cx->a, Val, out->kind == VAL_LIST ? out->n + 1 : 1);
    int n = 0;
    for (int i = 0; out->kind == VAL_LIST && i < out->n; i++) {
        const char *key = str_fold(cx->a, out->list[i].t);
        bool again = false;
        for (int k = 0; k < n && !again; k++)
            again = str_eq(key, str_fold(cx->a, item[k].t));
        if (!again) item[n++] = out->list[i];
    }
    *out = n ? val_list(item, n) : val_blank();
    return true;
}

static void choices_show(const Field *f, Val v, const Show *as, Str *out)
{
    for (int i = 0; i < v.n; i++) {
        if (i) str_add(out, list_comma(as));
        show_option(f, v.list[i].t, as, out);
    }
}

static void choices_json(const Field *f, Val v, Json *out)
{
    (void)f;
    json_list(out);
    for (int i = 0; i < v.n; i++) json_text(out, v.list[i].t);
    json_list_end(out);
}

static const FieldAttr choice_attrs[] = {
    { "options", ATTR_OPTIONS, "what one can choose, in this order; with `within` a map: "
      "{value of that field: [options]}",
      "options: [web, {value: fair, label: {en: Fair, zh: 展会}, color: amber}]",
      .flags = ATTR_ONE | ATTR_FILLED | ATTR_GROUPED },
    { "removed", ATTR_MAP, "options that went, and what takes their place in records; blank: "
      "nothing does", "removed: {fax: web}" },
    { "within", ATTR_FIELD, "the choice that the options hang on",
      "within: province", .label = "Depends on" },
    { "options_from", ATTR_MAP, "options that are texts of another form's records: form, "
      "field and filter, where `this.` is the record being edited",
      "options_from: {form: city, field: name, filter: \"province = this.province\"}",
      .of = options_from_attrs, .flags = ATTR_ONE },
    { "allow_other", ATTR_BOOL, "a value of one's own is taken too", "allow_other: true" },
    { 0 },
};

const FieldType type_choice = {
    .name = "choice", .label = "One of several",
    .help = "one of several options", .store = STORE_TEXT, .type = T_TEXT,
    .attr = choice_attrs, .load = options_load, .bind = options_bind, .read = choice_read,
    .check = choice_check, .show = choice_show, .json = text_json,
};

const FieldType type_choices = {
    .name = "choices", .label = "Any of several",
    .help = "several of several options", .store = STORE_LIST,
    .type = T_LIST, .of = T_TEXT, .attr = choice_attrs, .load = options_load,
    .bind = options_bind, .read = choices_read, .check = choices_check,
    .show = choices_show, .json = choices_json,
};

static const FieldAttr tags_attrs[] = {
    { "options", ATTR_OPTIONS, "tags to begin with; none are needed",
      "options: [{value: vip, label: {en: VIP, zh: 贵宾}, color: red}]",
      .flags = ATTR_GROUPED },
    { "within", ATTR_FIELD, "the choice that the options hang on", "within: kind",
      .label = "Depends on" },
    { "options_from", ATTR_MAP, "tags that are texts of another form's records",
      "options_from: {form: topic, field: name}", .of = options_from_attrs },
    { "allow_other", ATTR_BOOL, "false: only tags of the options are taken",
      "allow_other: true" },
    { 0 },
};

const FieldType type_tags = {
    .name = "tags", .label = "Tags",
    .help = "words that people make up, several", .store = STORE_LIST,
    .type = T_LIST, .of = T_TEXT, .attr = tags_attrs, .load = options_load,
    .bind = options_bind, .read = tags_read, .check = choices_check,
    .show = choices_show, .json = choices_json,
};
