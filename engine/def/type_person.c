/*
 * type_person.c — users and departments, one or several: links to the forms that every app has.
 */
#include "def/form.h"
#include "def/types.h"

static bool user_link(Cx *cx, App *app, Field *f, const Node *n)
{
    (void)cx;
    (void)n;
    f->to = app_form(app, "user");
    return true;
}

static bool department_link(Cx *cx, App *app, Field *f, const Node *n)
{
    (void)cx;
    (void)n;
    f->to = app_form(app, "department");
    return true;
}

static bool person_bind(Cx *cx, App *app, Field *f, const Node *n)
{
    ExprWhere where = app_where(app, f->to, USE_FILTER);
    where.self = &f->form->names;
    return expr_attr(cx, n, "among", where, T_BOOL, &f->among);
}

static const FieldAttr user_attrs[] = {
    { "among", ATTR_EXPR, "which users are offered; `this.` is the record being edited",
      "among: \"active and roles contains 'planner'\"" },
    { 0 },
};

static const FieldAttr department_attrs[] = {
    { "among", ATTR_EXPR, "which departments are offered", "among: \"parent = blank\"" },
    { 0 },
};

const FieldType type_user = {
    .name = "user", .label = "Person",
    .help = "a user", .store = STORE_REF, .type = T_RECORD,
    .attr = user_attrs, .link = user_link, .bind = person_bind, .read = record_input,
    .show = record_show, .json = link_json,
};

const FieldType type_users = {
    .name = "users", .label = "Several people",
    .help = "several users", .store = STORE_LIST, .type = T_LIST,
    .of = T_RECORD, .attr = user_attrs, .link = user_link, .bind = person_bind,
    .read = records_input, .show = records_show, .json = links_json, .control = "links",
};

const FieldType type_department = {
    .name = "department", .label = "Department",
    .help = "a department", .store = STORE_REF, .type = T_RECORD,
    .attr = department_attrs, .link = department_link, .bind = person_bind,
    .read = record_input, .show = record_show, .json = link_json,
};

const FieldType type_departments = {
    .name = "departments", .label = "Departments",
    .help = "several departments", .store = STORE_LIST, .type = T_LIST,
    .of = T_RECORD, .attr = department_attrs, .link = department_link, .bind = person_bind,
    .read = records_input, .show = records_show, .json = links_json, .control = "links",
};
