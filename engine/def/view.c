/*
 * view.c — tables, boards, calendars and galleries. Which key belongs to which type stands in one
 * table; what a key names must fit.
 */
#include "base/i18n.h"
#include "def/types.h"
#include "def/view.h"

#define COLUMNS_OF_PLAIN 6
#define FIELDS_OF_CARD 3

/* The first fields that a cell can show. */
static Field **first_fields(Cx *cx, const Form *f, int most, int *n)
{
    Field **out = ARENA_ARRAY(cx->a, Field *, most + 1);
    *n = 0;
    for (int i = f->nsystem; i < f->nfield && *n < most; i++)
        if (!field_is_bare(f->field[i]) && f->field[i]->type->store != STORE_ROWS
                && f->field[i]->type != &type_longtext && f->field[i]->type != &type_markdown)
            out[(*n)++] = f->field[i];
    if (*n < most && f->staged) out[(*n)++] = f->field[SYS_STAGE];
    return out;
}

void sort_load(Cx *cx, const Form *f, const Node *n, Sort **sort, int *nsort)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    *sort = ARENA_ARRAY(cx->a, Sort, count + 1);
    for (int i = 0; i < count; i++) {
        const char *text = node_text(each[i]);
        bool down = *text == '-';
        Field *field = ref_field_name(cx, f, node_place(each[i]), text + down);
        if (!field) continue;
        if (field->name.kind == NAME_LIST || field->name.kind == NAME_ROWS
                || field_is_bare(field))
            cx_issue(cx, node_place(each[i]), "does_not_fit",
                "`%s` holds several values; one cannot sort by it", field->key);
        else (*sort)[(*nsort)++] = (Sort){ .field = field, .down = down };
    }
}

/* A field of the view, when what it is fits; else an issue that says what fits. */
static Field *fitting(Cx *cx, Form *f, const Node *n, const char *key,
    bool (*fits)(const Field *f), const char *wanted)
{
    const Node *at = node_find(n, key);
    Field *field = at ? ref_field(cx, f, at) : NULL;

    if (!field || field->broken || fits(field)) return field;
    cx_issue(cx, node_place(at), "does_not_fit", "`%s` of a view is %s, not `%s`", key,
        i18n_text(cx->lang, wanted), field->key);
    return NULL;
}

static bool is_colored(const Field *f)
{
    return f->value == &type_stage || f->value == &type_choice;
}

static bool is_number(const Field *f)
{
    return f->name.type.kind == T_NUMBER;
}

static bool is_moment(const Field *f)
{
    return f->name.type.kind == T_DATE || f->name.type.kind == T_DATETIME;
}

static bool is_scalar(const Field *f)
{
    return f->name.kind != NAME_LIST && f->name.kind != NAME_ROWS && !field_is_bare(f);
}

static bool is_picture(const Field *f)
{
    return f->value && f->value->picture;
}

static void load_board(Cx *cx, Form *f, View *v, const Node *n)
{
    v->by = fitting(cx, f, n, "by", is_colored, "`stage` or a choice");
    if (!node_find(n, "by")) {
        if (f->staged) v->by = f->field[SYS_STAGE];
        else cx_issue(cx, node_key_place(n), "no_by",
            "a kanban needs `by`: stage or a choice field");
    } else if (v->by && v->by->like && node_find(v->by->like->at, "options_from")) {
        cx_issue(cx, node_place(node_find(n, "by")), "does_not_fit",
            "the columns of a kanban are options, and `%s` takes them from records", v->by->key);
        v->by = NULL;
    }
    v->sum = fitting(cx, f, n, "sum", is_number, "a number");
}

static void load_calendar(Cx *cx, Form *f, View *v, const Node *n)
{
    static const char *const wanted = "a date or datetime";
    v->date = fitting(cx, f, n, "date", is_moment, wanted);
    v->end = fitting(cx, f, n, "end", is_moment, wanted);
    if (!node_find(n, "date"))
        cx_issue(cx, node_key_place(n), "no_date",
            "a calendar needs `date`: a date or datetime field");
    if (!v->date || !v->end || v->date->broken || v->end->broken) return;
    if (v->date->name.type.kind != v->end->name.type.kind)
        cx_issue(cx, node_place(node_find(n, "end")), "does_not_fit",
            "`date` and `end` are both dates or both datetimes");
}

#define EVERY \
    { "type", ATTR_CHOICE, "how it looks; a table without it", "type: table", .label = "Kind" }, \
    { "label", ATTR_LABEL, "what its tab is called", "label: {en: Open, zh: 进行中}" }, \
    { "filter", ATTR_EXPR, "which records it shows", "filter: \"amount > 100\"" }, \
    { "sort", ATTR_TEXTS, "fields in order of weight; - before one is downwards", \
      "sort: [-amount, name]", .pattern = "^-?[a-z][a-z0-9_]*$" }
#define COLUMNS \
    { "columns", ATTR_FIELDS, "fields of a table, left to right; without it the first six", \
      "columns: [name, amount]" }
#define CARD \
    { "card", ATTR_FIELDS, "fields below a card's title; without it the first three", \
      "card: [customer, amount]" }
#define TITLED \
    { "color", ATTR_FIELD, "`stage` or a choice: its colours are the records'", "color: kind" }, \
    { "title", ATTR_FIELD, "a field to show in place of the record's title", "title: name", \
      .label = "Title of a card" }

static const Attr table_attrs[] = { EVERY, COLUMNS, { 0 } };

static const Attr kanban_attrs[] = {
    EVERY, COLUMNS,
    { "by", ATTR_FIELD, "`stage` or a choice: one column each; without it `stage`", "by: kind",
      .label = "Columns by" },
    CARD,
    { "sum", ATTR_FIELD, "a number added up above each column", "sum: amount" },
    { 0 },
};

static const Attr calendar_view_attrs[] = {
    EVERY,
    { "date", ATTR_FIELD, "a date or datetime: the day a record stands on; a drag to another day "
      "changes it", "date: due", .flags = ATTR_NEEDED, .label = "First day" },
    { "end", ATTR_FIELD, "a field like `date`: the record stands on every day up to it",
      "end: born_on", .label = "Last day" },
    TITLED,
    { 0 },
};

static const Attr gallery_attrs[] = {
    EVERY,
    { "image", ATTR_FIELD, "a picture; without one a card shows the initials of its title",
      "image: photo", .label = "Picture" },
    CARD, TITLED,
    { 0 },
};

/* In the order of ViewType. */
const AttrVariant view_variants[] = {
    [VIEW_TABLE] = { "table", "rows and columns", table_attrs, "Table" },
    [VIEW_KANBAN] = { "kanban", "cards in columns that one drags", kanban_attrs, "Board" },
    [VIEW_CALENDAR] = { "calendar", "records on their days", calendar_view_attrs, "Calendar" },
    [VIEW_GALLERY] = { "gallery", "cards with pictures", gallery_attrs, "Gallery" },
    [VIEW_TYPES] = { 0 },
};

static void load_columns(Cx *cx, Form *f, View *v, const Node *n)
{
    ref_fields(cx, f, n, &v->column, &v->ncolumn);
    for (int i = 0; i < v->ncolumn; i++)
        if (field_is_bare(v->column[i]))
            cx_issue(cx, node_place(n), "does_not_fit",
                "the %s `%s` holds nothing to show in a column", v->column[i]->type->name,
                v->column[i]->key);
        else if (v->column[i]->type->store == STORE_ROWS)
            cx_issue(cx, node_place(n), "does_not_fit", "the subform `%s` cannot be a column",
                v->column[i]->key);
    if (!v->ncolumn) v->column = first_fields(cx, f, COLUMNS_OF_PLAIN, &v->ncolumn);
}

/* What its type asks for; keys of another type are told already and not looked at. */
static void load_own(Cx *cx, Form *f, View *v, const Node *n)
{
    bool cards = v->type == VIEW_KANBAN || v->type == VIEW_GALLERY;

    if (v->type == VIEW_KANBAN) load_board(cx, f, v, n);
    if (v->type == VIEW_CALENDAR) load_calendar(cx, f, v, n);
    if (v->type == VIEW_GALLERY)
        v->image = fitting(cx, f, n, "image", is_picture, "a picture");
    if (v->type == VIEW_CALENDAR || v->type == VIEW_GALLERY) {
        v->color = fitting(cx, f, n, "color", is_colored, "`stage` or a choice");
        v->title = fitting(cx, f, n, "title", is_scalar, "one value");
    }
    if (!cards) return;
    ref_fields(cx, f, node_find(n, "card"), &v->card, &v->ncard);
    if (!v->ncard) v->card = first_fields(cx, f, FIELDS_OF_CARD, &v->ncard);
}

static bool load_view(Cx *cx, App *app, Form *f, const Node *n, View *v)
{
    static const char *const words[] = { "table", "kanban", "calendar", "gallery", "gantt" };
    v->key = n->key;
    v->at = n;
    ref_name(cx, n, n->key, 63);
    if (!ref_map(cx, n))
        return node_blank(n) && cx_issue(cx, node_key_place(n), "wrong_kind",
            "a view is a map such as {type: table, columns: […]}");
    int type = ref_word(cx, n, "type", words, LEN(words), 0);
    if (type >= VIEW_TYPES)
        return cx_issue(cx, node_place(node_find(n, "type")), "not_available_yet",
            "view type `%s` is not available yet", words[type]);
    v->type = type < 0 ? VIEW_TABLE : (ViewType)type;
    if (type >= 0) attr_check_keys(cx, n, view_variants[v->type].attr);
    label_load(cx, n, "label", &v->label);
    load_columns(cx, f, v, node_find(n, "columns"));
    expr_attr(cx, n, "filter", app_where(app, f, USE_FILTER), T_BOOL, &v->filter);
    sort_load(cx, f, node_find(n, "sort"), &v->sort, &v->nsort);
    load_own(cx, f, v, n);
    return true;
}

static void plain_view(Cx *cx, Form *f)
{
    f->view = ARENA_NEW(cx->a, View);
    f->nview = 1;
    f->view->key = "all";
    f->view->at = f->at;
    label_pair(cx, &f->view->label, "All", "全部");
    f->view->column = first_fields(cx, f, COLUMNS_OF_PLAIN, &f->view->ncolumn);
}

bool views_load(Cx *cx, App *app, Form *f, const Node *map)
{
    if (!ref_map(cx, map) || !map->n) {
        plain_view(cx, f);
        return true;
    }
    f->view = ARENA_ARRAY(cx->a, View, map->n);
    for (int i = 0; i < map->n; i++)
        if (load_view(cx, app, f, map->item[i], &f->view[f->nview])) f->nview++;
    return true;
}
