/*
 * field.c — the table of types, the attributes that all of them have, and dispatch by type.
 *
 * A field with a mistake stays in its form as one of any type, so that what names it is not
 * told to be wrong as well.
 */
#include "def/form.h"
#include "def/types.h"

#include <string.h>

static const FieldType *const types[] = {
    &type_text, &type_longtext, &type_email, &type_phone, &type_url,
    &type_number, &type_money, &type_percent, &type_boolean, &type_date, &type_datetime,
    &type_time, &type_duration, &type_rating, &type_markdown,
    &type_choice, &type_choices, &type_tags,
    &type_user, &type_users, &type_department, &type_departments, &type_link, &type_links,
    &type_address, &type_location, &type_heading, &type_note, &type_button,
    &type_lookup, &type_rollup, &type_formula, &type_serial, &type_subform,
    &type_file, &type_files, &type_image, &type_signature,
};

static const FieldAttr common[] = {
    { "type", ATTR_CHOICE, "what kind of value it holds", "type: text" },
    { "label", ATTR_LABEL, "what people call it", "label: {en: Name, zh: 名称}" },
    { "help", ATTR_LABEL, "a line below the field", "help: As printed on the card" },
    { "placeholder", ATTR_LABEL, "a hint inside the empty field", "placeholder: e.g. Ann" },
    { "default", ATTR_VALUE, "the value of a new record", "default: \"=today()\"" },
    { "required", ATTR_EXPR, "must be filled: true, false or when the expression holds",
      "required: \"amount > 100\"" },
    { "readonly", ATTR_EXPR, "people may not change it: true, false or an expression",
      "readonly: true" },
    { "visible", ATTR_EXPR, "is shown: true, false or an expression",
      "visible: \"kind = 'other'\"" },
    { "unique", ATTR_MAP, "no two records have the same value, or none within another "
      "field; in a subform, no two rows of one record",
      "unique: {within: customer}" },
    { "check", ATTR_EXPR, "must hold when the field is filled", "check: \"amount > 0\"" },
    { "message", ATTR_LABEL, "what to say when `check` does not hold", "message: Too little" },
    { "index", ATTR_BOOL, "makes filters and sorting by it fast", "index: true" },
    { "search", ATTR_BOOL, "the search box looks into it", "search: true" },
    { "mask", ATTR_TEXT, "how a masked value is shown: # stands for the value's character "
      "there, anything else for itself", "mask: \"###****####\"" },
    { "was", ATTR_TEXT, "its former name: the data stays on renaming", "was: old_name" },
    { "width", ATTR_CHOICE, "of a section's columns: full, half, third, quarter",
      "width: half" },
    { 0 },
};

const FieldType *field_type_find(const char *name)
{
    for (int i = 0; i < LEN(types); i++)
        if (str_eq(types[i]->name, name)) return types[i];
    return NULL;
}

int field_type_list(const FieldType *const **out)
{
    *out = types;
    return LEN(types);
}

const FieldAttr *field_common_attrs(void)
{
    return common;
}

static const FieldType *find_type(Cx *cx, const Node *n)
{
    const Node *at = node_find(n, "type");
    const char *name = node_text(at);
    if (!name) {
        cx_issue(cx, at ? node_place(at) : node_key_place(n), "no_type",
            "`%s` needs a type, such as `type: text`", n->key ? n->key : "");
        return NULL;
    }
    const FieldType *type = field_type_find(name);
    if (type) return type;
    const char *known[LEN(types)];
    for (int i = 0; i < LEN(types); i++) known[i] = types[i]->name;
    ref_unknown(cx, node_place(at), "unknown_type", "unknown field type `%s`",
        "unknown field type `%s`; did you mean `%s`?", name, known, LEN(known));
    return NULL;
}

static void check_keys(Cx *cx, const FieldType *type, const Node *n)
{
    const char *known[64] = { 0 }, *later[16] = { 0 };
    int nknown = 0, nlater = 0;
    for (const FieldAttr *a = common; a->key; a++) known[nknown++] = a->key;
    for (const FieldAttr *a = type->attr; a && a->key; a++) {
        if (a->kind == ATTR_LATER) later[nlater++] = a->key;
        else known[nknown++] = a->key;
    }
    BUG_IF(nknown >= LEN(known) || nlater >= LEN(later));
    node_check_keys(cx, n, known, later);
}

static void load_common(Cx *cx, Field *f, const Node *n)
{
    static const char *const widths[] = { "full", "half", "third", "quarter" };
    label_load(cx, n, "label", &f->label);
    label_load(cx, n, "help", &f->help);
    label_load(cx, n, "placeholder", &f->placeholder);
    label_load(cx, n, "message", &f->message);
    const Node *unique = node_find(n, "unique");
    if (unique && unique->kind == NODE_MAP) f->unique = true;
    else node_read_bool(cx, n, "unique", &f->unique);
    node_read_bool(cx, n, "index", &f->index);
    node_read_bool(cx, n, "search", &f->search);
    node_read_text(cx, n, "mask", &f->mask);
    node_read_text(cx, n, "was", &f->was);
    int width = ref_word(cx, n, "width", widths, LEN(widths), -1);
    if (width >= 0) f->width = widths[width];
}

/* Attributes that make no sense for what it is. */
static void check_fit(Cx *cx, Field *f, const Node *n)
{
    static const char *const entered[] = { "default", "required", "readonly" };
    static const char *const scalar[] = { "unique", "search", "index" };
    for (int i = 0; f->type->computed && i < LEN(entered); i++)
        if (node_find(n, entered[i]))
            cx_issue(cx, node_key_place(node_find(n, entered[i])), "does_not_fit",
                "a %s is computed and takes no `%s`", f->type->name, entered[i]);
    bool list = f->type->store == STORE_LIST || f->type->store == STORE_ROWS
        || f->type->store == STORE_PARTS;
    for (int i = 0; list && i < LEN(scalar); i++)
        if (node_find(n, scalar[i]) && !(f->type->part && str_eq(scalar[i], "search")))
            cx_issue(cx, node_key_place(node_find(n, scalar[i])), "does_not_fit",
                "a %s holds several values and takes no `%s`", f->type->name, scalar[i]);
    static const char *const no_file[] = { "unique", "search", "index", "default" };
    bool files = f->type == &type_file || f->type == &type_files || f->type == &type_image
        || f->type == &type_signature;
    for (int i = list ? LEN(scalar) : 0; files && i < LEN(no_file); i++)
        if (node_find(n, no_file[i]))
            cx_issue(cx, node_key_place(node_find(n, no_file[i])), "does_not_fit",
                "the type `%s` takes no `%s`", f->type->name, no_file[i]);
    if (f->type->store == STORE_ROWS && node_find(n, "default"))
        cx_issue(cx, node_key_place(node_find(n, "default")), "does_not_fit",
            "a subform takes no `default`; its fields do");
    if (node_find(n, "message") && !node_find(n, "check"))
        cx_issue(cx, node_key_place(node_find(n, "message")), "does_not_fit",
            "`message` belongs to a `check`");
}

static const char *normal(Arena *a, const Name *name, const char *text)
{
    return field_normal(a, name->field, text);
}

Field *field_load(Cx *cx, Form *form, const char *key, const Node *n)
{
    int issues = cx->nissue;
    Field *f = ARENA_NEW(cx->a, Field);
    f->key = f->name.key = f->name.column = key;
    f->form = form;
    f->at = n;
    f->visible.on = true;
    int room = 63 - 2 - (int)strlen(form->names.table);
    ref_name(cx, n, key, room < 58 ? room : 58);
    if (form->parent && (str_eq(key, "record") || str_eq(key, "position")))
        cx_issue(cx, node_key_place(n), "reserved_name",
            "the name `%s` is reserved in a subform", key);
    if (n->kind != NODE_MAP)
        cx_issue(cx, node_place(n), "wrong_kind", "a field is a map such as {type: text}");
    else f->type = find_type(cx, n);
    if (f->type) {
        check_keys(cx, f->type, n);
        load_common(cx, f, n);
        check_fit(cx, f, n);
        if (f->type->load) f->type->load(cx, f, n);
    }
    f->broken = cx->nissue > issues;
    if (!f->type) f->type = &type_text;
    f->computed = f->type->computed;
    if (!f->computed || f->type == &type_serial) f->value = f->type;
    if (!f->like && f->value) f->like = f;
    f->name.field = f;
    bool folds = f->search || f->unique || f->index;
    f->name.folded = folds && f->value && f->value->store == STORE_TEXT
        && f->value != &type_choice;
    if (f->type == &type_phone || f->type == &type_email || f->type == &type_url)
        f->name.normal = normal;
    if (f->type->store == STORE_LIST || f->type->store == STORE_ROWS) {
        f->name.column = NULL;
        f->name.table = arena_printf(cx->a, "%s__%s", form->names.table, key);
    }
    if (f->type->store == STORE_PARTS) {
        f->name.column = NULL;
        parts_make(cx, f);
    }
    field_set_type(f);
    return f;
}

bool field_is_bare(const Field *f) { return f->name.kind == NAME_NONE; }

Store field_store(const Field *f)
{
    return f->value ? f->value->store : STORE_TEXT;
}

bool field_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    *out = val_blank();
    if (f->computed || f->system)
        return cx_issue(cx, at_field(f->key), "computed", "is computed and cannot be set");
    if (!f->type->read)
        return cx_issue(cx, at_field(f->key), "wrong_kind", "a list of rows is expected");
    return f->type->read(cx, f, in, zone, out);
}

void field_check(Cx *cx, const Field *f, Val v)
{
    if (!val_is_blank(v) && f->type->check) f->type->check(cx, f, v);
}

const char *field_show(Arena *a, const Field *f, Val v, const Show *as)
{
    static const Show plain = { 0 };
    Str out = str_begin(a);
    if (!val_is_blank(v) && f->value && f->value->show)
        f->value->show(f->like, v, as ? as : &plain, &out);
    return str_show(&out);
}

void field_json(const Field *f, Val v, Json *out)
{
    if (val_is_blank(v)) json_null(out);
    else if (f->value && f->value->json) f->value->json(f->like, v, out);
    else json_val(out, v);
}

const char *field_label(const Field *f, const char *lang)
{
    return label_show(&f->label, lang, f->key);
}

/* By characters; without a mask all but the last four are hidden, of short ones all. */
const char *field_mask(Arena *a, const Field *f, const char *shown)
{
    Str out = str_begin(a);
    const char *mask = f->like && f->like->mask && !f->mask ? f->like->mask : f->mask;
    if (!shown || !*shown) return "";
    if (f->value == &type_phone) shown = phone_plain(a, f->like ? f->like : f, shown);
    const char *p = shown;
    if (mask) {
        for (const char *m = mask; *m; ) {
            uint32_t want = utf8_next(&m), have = *p ? utf8_next(&p) : 0;
            if (!have && want == '#') break;
            str_add_rune(&out, want == '#' ? have : want);
        }
        return str_show(&out);
    }
    int n = utf8_count(shown), keep = n > 4 ? 4 : 0;
    for (int i = 0; i < n; i++) {
        uint32_t rune = utf8_next(&p);
        str_add_rune(&out, i < n - keep ? '*' : rune);
    }
    return str_show(&out);
}

const Option *field_option(const Field *f, const char *value)
{
    const Field *like = f->like ? f->like : f;
    for (int i = 0; i < like->noption; i++)
        if (str_eq(like->option[i].value, value)) return &like->option[i];
    return NULL;
}

ValKind field_val(const Field *f)
{
    switch (field_store(f)) {
    case STORE_NUMBER: return f->system ? VAL_INT : VAL_DEC;
    case STORE_BOOL: return VAL_BOOL;
    case STORE_DATE: return VAL_DATE;
    case STORE_DATETIME: return VAL_DATETIME;
    case STORE_TIME: return VAL_TIME;
    case STORE_DURATION: return VAL_DURATION;
    case STORE_REF: return VAL_REC;
    case STORE_PARTS:
    case STORE_ROWS: return VAL_LIST;
    case STORE_NONE: return VAL_BLANK;
    case STORE_TEXT:
    case STORE_LIST: break;
    }
    return VAL_TEXT;
}

int field_scale(const Field *f)
{
    return field_store(f) == STORE_NUMBER && f->like ? f->like->decimals : 0;
}
