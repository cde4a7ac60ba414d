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
        if (f->field[i]->type->store != STORE_ROWS && f->field[i]->type != &type_longtext)
            out[(*n)++] = f->field[i];
    if (*n < most && f->staged) out[(*n)++] = f->field[SYS_STAGE];
    return out;
}

static void load_sort(Cx *cx, Form *f, View *v, const Node *n)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    v->sort = ARENA_ARRAY(cx->a, Sort, count + 1);
    for (int i = 0; i < count; i++) {
        const char *text = node_text(each[i]);
        bool down = *text == '-';
        Field *field = ref_field_name(cx, f, node_place(each[i]), text + down);
        if (!field) continue;
        if (field->name.kind == NAME_LIST || field->name.kind == NAME_ROWS)
            cx_issue(cx, node_place(each[i]), "does_not_fit",
                "`%s` holds several values; one cannot sort by it", field->key);
        else v->sort[v->nsort++] = (Sort){ .field = field, .down = down };
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
    return f->name.kind != NAME_LIST && f->name.kind != NAME_ROWS;
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

static const ViewAttr attrs[] = {
#define EVERY (VIEW_BIT(VIEW_TYPES) - 1)
#define CARDS (VIEW_BIT(VIEW_KANBAN) | VIEW_BIT(VIEW_GALLERY))
#define TITLED (VIEW_BIT(VIEW_CALENDAR) | VIEW_BIT(VIEW_GALLERY))
    { "type", ATTR_CHOICE, EVERY, "table, kanban, calendar or gallery; without it a table",
      "type: kanban" },
    { "label", ATTR_LABEL, EVERY, "what its tab is called", "label: {en: Open, zh: 进行中}" },
    { "filter", ATTR_EXPR, EVERY, "which records it shows",
      "filter: \"stage.status = 'open'\"" },
    { "sort", ATTR_FIELD, EVERY, "fields in order of weight; - before one is downwards",
      "sort: [-amount, name]" },
    { "columns", ATTR_FIELD, VIEW_BIT(VIEW_TABLE) | VIEW_BIT(VIEW_KANBAN),
      "fields of a table, left to right; without it the first six",
      "columns: [number, name, amount]" },
    { "by", ATTR_FIELD, VIEW_BIT(VIEW_KANBAN),
      "`stage` or a choice: one column each; without it `stage`", "by: stage" },
    { "sum", ATTR_FIELD, VIEW_BIT(VIEW_KANBAN), "a number added up above each column",
      "sum: amount" },
    { "card", ATTR_FIELD, CARDS, "fields below a card's title; without it the first three",
      "card: [amount, owner]" },
    { "date", ATTR_FIELD, VIEW_BIT(VIEW_CALENDAR),
      "a date or datetime: the day a record stands on; a drag to another day changes it",
      "date: due" },
    { "end", ATTR_FIELD, VIEW_BIT(VIEW_CALENDAR),
      "a field like `date`: the record stands on every day up to it", "end: until" },
    { "image", ATTR_FIELD, VIEW_BIT(VIEW_GALLERY),
      "a picture; without one a card shows the initials of its title", "image: photo" },
    { "color", ATTR_FIELD, TITLED, "`stage` or a choice: its colours are the records'",
      "color: kind" },
    { "title", ATTR_FIELD, TITLED, "a field to show in place of the record's title",
      "title: subject" },
    { 0 },
};

const char *const view_type_name[VIEW_TYPES] = { "table", "kanban", "calendar", "gallery" };

const ViewAttr *view_attrs(void)
{
    return attrs;
}

static void check_keys(Cx *cx, const View *v, const Node *n)
{
    const char *known[LEN(attrs)] = { 0 };
    int count = 0;

    for (const ViewAttr *a = attrs; a->key; a++)
        if (a->types & VIEW_BIT(v->type)) known[count++] = a->key;
    node_check_keys(cx, n, known, NULL);
}

static void load_columns(Cx *cx, Form *f, View *v, const Node *n)
{
    ref_fields(cx, f, n, &v->column, &v->ncolumn);
    for (int i = 0; i < v->ncolumn; i++)
        if (v->column[i]->type->store == STORE_ROWS)
            cx_issue(cx, node_place(n), "does_not_fit", "the subform `%s` cannot be a column",
                v->column[i]->key);
    if (!v->ncolumn) v->column = first_fields(cx, f, COLUMNS_OF_PLAIN, &v->ncolumn);
}

/* What its type asks for; keys of another type are told already and not looked at. */
static void load_own(Cx *cx, Form *f, View *v, const Node *n)
{
    unsigned bit = VIEW_BIT(v->type);

    if (v->type == VIEW_KANBAN) load_board(cx, f, v, n);
    if (v->type == VIEW_CALENDAR) load_calendar(cx, f, v, n);
    if (v->type == VIEW_GALLERY)
        v->image = fitting(cx, f, n, "image", is_picture, "a picture");
    if (bit & TITLED) {
        v->color = fitting(cx, f, n, "color", is_colored, "`stage` or a choice");
        v->title = fitting(cx, f, n, "title", is_scalar, "one value");
    }
    if (!(bit & CARDS)) return;
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
    if (type >= 0) check_keys(cx, v, n);
    label_load(cx, n, "label", &v->label);
    load_columns(cx, f, v, node_find(n, "columns"));
    expr_attr(cx, n, "filter", app_where(app, f, USE_FILTER), T_BOOL, &v->filter);
    load_sort(cx, f, v, node_find(n, "sort"));
    load_own(cx, f, v, n);
    return true;
}

static void plain_view(Cx *cx, Form *f)
{
    static const char *const langs[] = { "en", "zh" }, *const texts[] = { "All", "全部" };
    f->view = ARENA_NEW(cx->a, View);
    f->nview = 1;
    f->view->key = "all";
    f->view->at = f->at;
    f->view->label.n = LEN(langs);
    f->view->label.lang = ARENA_ARRAY(cx->a, const char *, LEN(langs));
    f->view->label.text = ARENA_ARRAY(cx->a, const char *, LEN(langs));
    for (int i = 0; i < LEN(langs); i++) {
        f->view->label.lang[i] = langs[i];
        f->view->label.text[i] = texts[i];
    }
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
