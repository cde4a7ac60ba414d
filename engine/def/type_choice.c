/*
 * type_choice.c — choice and choices: one or several of a list of options.
 */
#include "def/types.h"

#include <string.h>

static const char *const colors[] = { "gray", "red", "orange", "amber", "yellow", "lime", "green",
    "teal", "cyan", "blue", "indigo", "violet", "purple", "pink", "brown" };

const Attr option_attrs[] = {
    { "value", ATTR_TEXT, "what is stored", "value: fair", .flags = ATTR_NEEDED },
    { "label", ATTR_LABEL, "what people call it", "label: {en: Fair, zh: 展会}" },
    { "color", ATTR_CHOICE, "of its badge and of its column on a board", "color: amber",
      ATTR_WORDS(colors) },
    { 0 },
};

static bool load_option(Cx *cx, Field *f, const Node *n, Option *o)
{
    *o = (Option){ 0 };
    if (n->kind == NODE_MAP) {
        attr_check_keys(cx, n, option_attrs);
        node_read_text(cx, n, "value", &o->value);
        label_load(cx, n, "label", &o->label);
        int color = ref_word(cx, n, "color", colors, LEN(colors), -1);
        if (color >= 0) o->color = colors[color];
    } else o->value = node_text(n);
    if (!o->value || !*o->value)
        return cx_issue(cx, node_place(n), "no_value", "an option needs a value");
    if (strlen(o->value) > 200 || strpbrk(o->value, "\r\n"))
        return cx_issue(cx, node_place(n), "bad_value",
            "the value of an option is one line of at most 200 bytes");
    if (field_option(f, o->value))
        return cx_issue(cx, node_place(n), "twice", "the option `%s` stands here twice",
            o->value);
    return true;
}

static bool choice_load(Cx *cx, Field *f, const Node *n)
{
    const Node *list = node_find(n, "options");
    f->like = f;
    if (list ? list->kind != NODE_LIST || !list->n : !node_find(n, "options_from"))
        return cx_issue(cx, list ? node_place(list) : node_key_place(n), "no_options",
            "a %s needs `options`, a list of values", f->type->name);
    f->option = ARENA_ARRAY(cx->a, Option, (list ? list->n : 0) + 1);
    for (int i = 0; list && i < list->n; i++) {
        Option o;
        if (load_option(cx, f, list->item[i], &o)) f->option[f->noption++] = o;
    }
    return true;
}

static bool choice_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    (void)zone;
    const char *text;
    *out = val_blank();
    if (!text_input(cx, f, in, &text)) return false;
    *out = val_text(text);
    return true;
}

static bool is_option(Cx *cx, const Field *f, const char *value)
{
    if (field_option(f, value)) return true;
    const char **known = ARENA_ARRAY(cx->a, const char *, f->noption + 1);
    for (int i = 0; i < f->noption; i++) known[i] = f->option[i].value;
    const char *meant = str_nearest(value, known, f->noption);
    if (meant)
        return cx_issue(cx, at_field(f->key), "no_option",
            "has no option `%s`; did you mean `%s`?", value, meant);
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

/* Each value once, in the order given. A page sends one chosen value as plain text. */
static bool choices_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    *out = val_blank();
    if (node_blank(in)) return true;
    bool list = in->kind == NODE_LIST;
    int n = list ? in->n : 1, count = 0;
    if (n > 1000)
        return cx_issue(cx, at_field(f->key), "too_many", "holds too many values");
    Val *item = ARENA_ARRAY(cx->a, Val, n + 1);
    for (int i = 0; i < n; i++) {
        Val v;
        if (!choice_read(cx, f, list ? in->item[i] : in, zone, &v)) return false;
        bool again = val_is_blank(v);
        for (int k = 0; k < count && !again; k++) again = val_eq(item[k], v);
        if (!again) item[count++] = v;
    }
    *out = val_list(item, count);
    return true;
}

static void choices_check(Cx *cx, const Field *f, Val v)
{
    for (int i = 0; i < v.n; i++)
        if (!is_option(cx, f, v.list[i].t)) return;
}

static void choices_show(const Field *f, Val v, const Show *as, Str *out)
{
    for (int i = 0; i < v.n; i++) {
        if (i) str_add(out, str_eq(as->lang, "zh") ? "、" : ", ");
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
    { "options", ATTR_OPTIONS, "what one can choose, in this order",
      "options: [web, {value: fair, label: {en: Fair, zh: 展会}, color: amber}]",
      .unless = "options_from", .flags = ATTR_NEEDED | ATTR_FILLED },
    { "options_from", ATTR_LATER, "options that are records of a form", NULL },
    { "allow_other", ATTR_LATER, "a value of one's own", NULL },
    { 0 },
};

const FieldType type_choice = {
    .name = "choice", .help = "one of several options", .store = STORE_TEXT, .type = T_TEXT,
    .attr = choice_attrs, .load = choice_load, .read = choice_read, .check = choice_check,
    .show = choice_show, .json = text_json,
};

const FieldType type_choices = {
    .name = "choices", .help = "several of several options", .store = STORE_LIST,
    .type = T_LIST, .of = T_TEXT, .attr = choice_attrs, .load = choice_load,
    .read = choices_read, .check = choices_check, .show = choices_show, .json = choices_json,
};
