/*
 * form.c — a form: its fields after the engine's own, and what its other keys say.
 */
#include "def/form.h"
#include "def/automation.h"
#include "def/layout.h"
#include "def/rules.h"
#include "def/types.h"
#include "def/value.h"
#include "def/view.h"

#include <string.h>

const Attr form_attrs[] = {
    { "form", ATTR_NAME, "its name, as the file's", "form: test", .flags = ATTR_NEEDED,
      .label = "Name of the form" },
    { "was", ATTR_TEXT, "its former name: the data stays on renaming", "was: old_name" },
    { "label", ATTR_LABEL, "what people call it", "label: {en: Order, zh: 订单}" },
    { "icon", ATTR_TEXT, "beside its name in the menu", "icon: users" },
    { "title", ATTR_TEXT, "how a record is called in lists, links and messages",
      "title: \"{name} · {customer}\"", .label = "Title of a record" },
    { "owner", ATTR_FIELD, "the user field, or list of users, that `own` refers to", "owner: owner",
      .label = "Owner field" },
    { "fields", ATTR_EACH, "its fields, in the order people see", "fields: {name: {type: text}, owner: {type: user}}",
      .shape = "field", .flags = ATTR_NEEDED | ATTR_FILLED },
    { "unique", ATTR_SETS, "no two records are alike in all fields of a list",
      "unique: [[customer, name]]", .label = "Unique together" },
    { "checks", ATTR_LIST, "what must hold over several fields",
      "checks: [{that: \"amount > 0\", message: Too little}]", .of = check_attrs },
    { "duplicates", ATTR_LIST, "what makes two records the same; phones, e-mails and names are "
      "compared in their normal form", "duplicates: [{match: [name], then: warn}]",
      .of = duplicate_attrs },
    { "layout", ATTR_LIST, "sections of the page; without it all fields stand in one",
      "layout: [{section: Basics, fields: [name]}]", .of = section_attrs },
    { "views", ATTR_EACH, "ways to look at the records, the first one first",
      "views: {open: {type: table, columns: [name]}}", .shape = "view" },
    { "permissions", ATTR_EACH, "rights by role: no entry, no right",
      "permissions: {sales: {read: own, create: true}}", .of = grant_attrs,
      .flags = ATTR_REFS },
    { "reminders", ATTR_EACH, "messages when a time comes",
      "reminders: {call: {at: due, to: owner}}", .of = reminder_attrs },
    { "pools", ATTR_EACH, "where records without an owner wait for one",
      "pools: {east: {members: sales, claim: {per_day: 10}}}", .of = pool_attrs },
    { "assign", ATTR_MAP, "who gets a new record while its owner is blank: rules in order",
      "assign: {rules: [{among: role(sales), by: round_robin}]}", .of = assign_attrs },
    { "automations", ATTR_EACH, "steps when something happens",
      "automations: {first_call: {event: created, do: [{set: {quantity: 1}}]}}",
      .of = automation_attrs },
    { "public", ATTR_LATER, "an external page without login", NULL },
    { "prints", ATTR_LATER, "templates to print", NULL },
    { 0 },
};

Field *form_field(const Form *f, const char *key)
{
    const Name *name = key ? names_find(&f->names, key) : NULL;
    return name ? (Field *)name->field : NULL;
}

View *form_view(const Form *f, const char *key)
{
    for (int i = 0; i < f->nview; i++)
        if (!key || str_eq(f->view[i].key, key)) return &f->view[i];
    return NULL;
}

const char *form_label(const Form *f, const char *lang)
{
    return label_show(&f->label, lang, f->key);
}

typedef struct SystemField {
    const char *key;
    const FieldType *type;
    const char *en, *zh;
    bool after;
} SystemField;

static const SystemField system_fields[SYS_COUNT] = {
    [SYS_ID] = { "id", &type_count, "Id", "编号" },
    [SYS_VERSION] = { "version", &type_count, "Version", "版本" },
    [SYS_CREATED_AT] = { "created_at", &type_datetime, "Created at", "创建时间" },
    [SYS_CREATED_BY] = { "created_by", &type_user, "Created by", "创建人" },
    [SYS_UPDATED_AT] = { "updated_at", &type_datetime, "Changed at", "修改时间" },
    [SYS_UPDATED_BY] = { "updated_by", &type_user, "Changed by", "修改人" },
    [SYS_DELETED_AT] = { "deleted_at", &type_datetime, "Deleted at", "删除时间" },
    [SYS_POOL] = { "pool", &type_pool, "Pool", "公海" },
    [SYS_POOL_SINCE] = { "pool_since", &type_datetime, "In the pool since", "进入公海时间" },
    [SYS_OWNER_SINCE] = { "owner_since", &type_datetime, "Owner since", "领取时间" },
    [SYS_WORKFLOW] = { "workflow", &type_workflow, "Workflow", "流程" },
    [SYS_WORKFLOW_VERSION] = { "workflow_version", &type_count, "Workflow version", "流程版本" },
    [SYS_STAGE] = { "stage", &type_stage, "Stage", "阶段" },
    [SYS_STAGE_SINCE] = { "stage_since", &type_datetime, "In stage since", "进入阶段时间" },
    [SYS_STAGE_DUE] = { "stage_due", &type_datetime, "Stage due", "阶段到期时间", .after = true },
};

static const SystemField row_fields[ROW_COUNT] = {
    [ROW_ID] = { "id", &type_count, "Id", "编号" },
    [ROW_POSITION] = { "position", &type_count, "Position", "位置" },
};

static Field *system_field(Cx *cx, Form *form, const SystemField *s, int index)
{
    Field *f = ARENA_NEW(cx->a, Field);
    f->key = f->name.key = f->name.column = s->key;
    f->form = form;
    f->type = f->value = s->type;
    f->like = f;
    f->system = f->visible.on = true;
    label_pair(cx, &f->label, s->en, s->zh);
    f->name.index = index;
    f->name.field = f;
    f->name.after = s->after;
    field_set_type(f);
    return f;
}

/* The names that expressions see. Fields that are not stored cannot be found. */
static void index_names(Cx *cx, Form *f)
{
    f->names.name = ARENA_ARRAY(cx->a, const Name *, f->nfield + 1);
    f->names.n = 0;
    for (int i = 0; i < f->nfield; i++) {
        f->field[i]->name.index = i;
        for (int k = 0; k < f->field[i]->npart; k++) f->field[i]->part[k]->name.index = i;
        if (f->field[i]->type != &type_none) f->names.name[f->names.n++] = &f->field[i]->name;
    }
}

static void load_fields(Cx *cx, Form *f, const Node *map, const SystemField *system, int n)
{
    int own = node_is(map, NODE_MAP) ? map->n : 0;
    f->field = ARENA_ARRAY(cx->a, Field *, n + own);
    f->nsystem = n;
    for (int i = 0; i < n; i++) f->field[f->nfield++] = system_field(cx, f, &system[i], i);
    for (int i = 0; i < own; i++)
        f->field[f->nfield++] = field_load(cx, f, map->item[i]->key, map->item[i]);
}

Form *form_load_rows(Cx *cx, Form *parent, Field *in, const Node *fields)
{
    Form *f = ARENA_NEW(cx->a, Form);
    f->app = parent->app;
    f->parent = parent;
    f->in = in;
    f->file = parent->file;
    f->at = fields;
    f->label = in->label;
    f->key = arena_printf(cx->a, "%s__%s", parent->key, in->key);
    f->names = (Names){ .key = f->key, .table = f->key, .parent = &parent->names, .form = f };
    load_fields(cx, f, fields, row_fields, ROW_COUNT);
    index_names(cx, f);
    return f;
}

/* Without pools or a workflow their columns are not there; the places in a record's values stay. */
static void without(Form *f, int from, int to)
{
    for (int i = from; i < to; i++) {
        f->field[i]->type = f->field[i]->value = &type_none;
        f->field[i]->name.column = NULL;
        field_set_type(f->field[i]);
    }
}

void form_add_workflow(Cx *cx, Form *f, Workflow *w)
{
    for (int i = SYS_WORKFLOW; i < SYS_COUNT && !f->staged; i++) {
        f->field[i]->type = f->field[i]->value = system_fields[i].type;
        f->field[i]->name.column = f->field[i]->key;
        field_set_type(f->field[i]);
    }
    if (!f->staged) index_names(cx, f);
    f->staged = true;
    int at = f->nworkflow;
    f->workflow = arena_grow(cx->a, f->workflow, (size_t)at, (size_t)at + 1, sizeof w);
    while (at > 0 && (f->workflow[at - 1]->order > w->order
            || (f->workflow[at - 1]->order == w->order
                && strcmp(f->workflow[at - 1]->key, w->key) > 0))) {
        f->workflow[at] = f->workflow[at - 1];
        at--;
    }
    f->workflow[at] = w;
    f->nworkflow++;
    int n = f->names.nstage;
    StageName *stage = arena_grow(cx->a, (void *)(uintptr_t)f->names.stage, (size_t)n,
        (size_t)(n + w->nstage), sizeof *stage);
    for (int i = 0; i < w->nstage; i++)
        stage[n++] = (StageName){ w->key, w->stage[i].key, w->stage[i].status };
    f->names.stage = stage;
    f->names.nstage = n;
}

void form_add_stages(Cx *cx, Form *f, const Workflow *now, const Workflow *older)
{
    int n = f->names.nstage, k = 0;
    StageName *stage = ARENA_ARRAY(cx->a, StageName, n + older->nstage + 1);
    for (int i = 0; i < older->nstage; i++) {
        const Stage *s = &older->stage[i], *today = workflow_stage(now, s->key);
        bool same = today && (str_eq(today->status, s->status) || !str_eq(s->status, "open"));
        if (!same) stage[k++] = (StageName){ now->key, s->key, s->status, older->version };
    }
    if (!k) return;
    if (n) memcpy(stage + k, f->names.stage, (size_t)n * sizeof *stage);
    f->names.stage = stage;
    f->names.nstage = n + k;
}

static void pool_names(Cx *cx, Form *f, const Node *fields)
{
    for (int i = SYS_POOL; i < SYS_WORKFLOW; i++) {
        const Node *own = node_find(fields, f->field[i]->key);
        if (own)
            cx_issue(cx, node_key_place(own), "reserved",
                "`%s` is a column of forms with pools; use another name", own->key);
    }
}

Form *form_load(Cx *cx, App *app, const char *file, const Node *n)
{
    Form *f = ARENA_NEW(cx->a, Form);
    f->app = app;
    f->file = file;
    f->at = n;
    f->key = app_file_key(cx->a, file);
    f->names = (Names){ .key = f->key, .table = f->key, .binned = true, .form = f };
    f->broken = !node_is(n, NODE_MAP);
    if (n && f->broken)
        cx_issue(cx, node_place(n), "wrong_kind", "a map (key: value) is expected here");
    const Node *fields = node_find(n, "fields");
    load_fields(cx, f, fields, system_fields, SYS_COUNT);
    without(f, SYS_WORKFLOW, SYS_COUNT);
    if (!node_find(n, "pools")) without(f, SYS_POOL, SYS_WORKFLOW);
    else pool_names(cx, f, fields);
    index_names(cx, f);
    if (f->broken) return f;
    app_check_key(cx, n, "form", f->key);
    attr_check_keys(cx, n, form_attrs);
    label_load(cx, n, "label", &f->label);
    node_read_text(cx, n, "icon", &f->icon);
    node_read_text(cx, n, "was", &f->was);
    if (!node_is(fields, NODE_MAP) || !fields->n)
        cx_issue(cx, fields ? node_place(fields) : node_place(n), "no_fields",
            "a form needs `fields`");
    return f;
}

bool form_link(Cx *cx, App *app, Form *f)
{
    bool fine = true;
    for (int i = 0; i < f->nfield; i++) {
        fine &= field_link(cx, app, f->field[i]);
        if (f->field[i]->rows) fine &= form_link(cx, app, f->field[i]->rows);
    }
    const Node *owner = f->parent ? NULL : node_find(f->at, "owner");
    if (!owner) return fine;
    /* A lookup owns too when what it shows is a user. */
    Field *field = ref_field(cx, f, owner);
    if (!field || field->broken) return false;
    if (field->value != &type_user && field->value != &type_users)
        return cx_issue(cx, node_place(owner), "no_people", "`%s` is no user field",
            field->key);
    f->owner = field;
    return fine;
}

/* Without a title: the first text, else the first field. */
static const char *plain_title(Cx *cx, const Form *f)
{
    const Field *best = NULL;
    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *field = f->field[i];
        if (field->broken || field->type->store == STORE_ROWS) continue;
        if (!best) best = field;
        if (field_store(field) != STORE_TEXT || field->type == &type_longtext
                || field->type == &type_markdown) continue;
        best = field;
        break;
    }
    return best ? arena_printf(cx->a, "{%s}", best->key) : "{id}";
}

static void bind_title(Cx *cx, App *app, Form *f)
{
    const Node *n = node_find(f->at, "title");
    const char *text = n ? node_text(n) : plain_title(cx, f);
    ExprWhere where = app_where(app, f, USE_STORED);
    if (!text) {
        cx_issue(cx, node_place(n), "wrong_kind", "`title` is a text such as \"{name}\"");
        return;
    }
    f->title = expr_load_text(cx, n ? n : f->at, text, &where);
    const ExprRead *read;
    int count = f->title ? expr_reads(f->title, &read) : 0;
    f->title_field = ARENA_ARRAY(cx->a, Field *, count + 1);
    const char **key = ARENA_ARRAY(cx->a, const char *, count + 1);
    for (int i = 0; i < count; i++) {
        Field *field = (Field *)read[i].name->field;
        if (read[i].npath || read[i].other || !field) {
            cx_issue(cx, node_place(n), "too_far",
                "a title names fields of its own form only, not `%s` of another",
                read[i].name->key);
            break;
        }
        key[f->ntitle_field] = field->key;
        f->title_field[f->ntitle_field++] = field;
    }
    f->names.title = key;
    f->names.ntitle = f->ntitle_field;
    if (n && f->title && !count)
        cx_issue(cx, node_place(n), "no_field", "`title` names no field, such as {name}");
}

bool form_bind(Cx *cx, App *app, Form *f)
{
    int issues = cx->nissue;
    if (f->broken) return false;
    for (int i = 0; i < f->nfield; i++) {
        field_bind(cx, app, f->field[i]);
        if (f->field[i]->rows) form_bind(cx, app, f->field[i]->rows);
    }
    if (f->parent) return cx->nissue == issues;
    bind_title(cx, app, f);
    form_rules_load(cx, app, f, f->at);
    layout_load(cx, app, f, node_find(f->at, "layout"));
    views_load(cx, app, f, node_find(f->at, "views"));
    grants_load(cx, app, f, node_find(f->at, "permissions"));
    reminders_load(cx, app, f, node_find(f->at, "reminders"));
    pools_load(cx, app, f, node_find(f->at, "pools"));
    const Node *assign = node_find(f->at, "assign");
    if (assign) f->assign = assign_load(cx, app, f, assign);
    automations_load(cx, app, f, node_find(f->at, "automations"));
    return cx->nissue == issues;
}
