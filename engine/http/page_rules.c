/*
 * page_rules.c — what web/js/form.js needs to make a form live: conditions and formulas as
 * trees, and the values they start from. What the browser cannot answer alone is marked, and
 * asked of POST …/preview.
 */
#include "http/page.h"
#include "data/record_row.h"
#include "data/save.h"

/* Can the browser answer it with what stands in the form? Not what walks to other records. */
static bool alone(const Expr *e)
{
    const ExprRead *read;
    int n = expr_reads(e, &read);

    if (!expr_in_browser(e)) return false;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < read[i].npath; k++) {
            const Name *step = read[i].path[k];
            bool list = step->kind == NAME_LIST;
            if (list || (step->type.kind == T_RECORD && !str_eq(step->key, "record"))) return false;
        }
    return true;
}

/* The tree, or null where there is none or it asks other records. */
static void put_expr(Json *j, const char *name, const Expr *e, bool *server)
{
    if (!e) return;
    json_name(j, name);
    if (alone(e)) {
        expr_json(e, j);
    } else {
        json_null(j);
        *server = true;
    }
}

static void put_flag(Json *j, const char *name, const Flag *f, bool otherwise, bool *server)
{
    if (f->expr) {
        put_expr(j, name, f->expr, server);
    } else if (f->on != otherwise) {
        json_name(j, name);
        json_bool(j, f->on);
    }
}

static void put_self_reads(Json *j, const Field *f, const Expr *e)
{
    const ExprRead *read;
    int n = e ? expr_reads(e, &read) : 0;

    for (int i = 0; i < n; i++) {
        const Field *x = read[i].name->field;
        if (read[i].self && !read[i].npath && x && x->form == f->form) json_text(j, x->key);
    }
}

/* The fields that decide what may be chosen here. */
static void put_hangs(Json *j, const Field *f)
{
    if (!f->option_by && !f->pick && !f->among && !f->option_filter) return;
    json_key(j, "hangs");
    json_list(j);
    if (f->option_by) json_text(j, f->option_by->key);
    put_self_reads(j, f, f->pick);
    put_self_reads(j, f, f->among);
    put_self_reads(j, f, f->option_filter);
    json_list_end(j);
}

/* The fields that choosing here fills. */
static void put_fills(Json *j, const Field *f)
{
    if (!f->nfill) return;
    json_key(j, "fills");
    json_list(j);
    for (int i = 0; i < f->nfill; i++) json_text(j, f->fill_to[i]);
    json_list_end(j);
}

/* Does its value come along with others that are chosen: a default that reads them, a copy? */
static bool follows(const Field *f)
{
    const ExprRead *read;

    if (f->preset.expr && !f->computed && expr_reads(f->preset.expr, &read)) return true;
    return f->filled;
}

static void put_fields(Work *w, const Form *f, const Record *r, Json *j, bool *server);

static void put_part(const Field *f, Json *j)
{
    json_map(j);
    json_key(j, "name");
    json_text(j, f->name.key);
    json_key(j, "type");
    json_text(j, f->type->name);
    json_key(j, "decimals");
    json_int(j, f->decimals);
    json_map_end(j);
}

static void put_field(Work *w, const Field *f, Json *j, bool *server)
{
    const Field *like = f->like ? f->like : f;
    const FieldType *type = f->value ? f->value : f->type;

    json_map(j);
    json_key(j, "name");
    json_text(j, f->key);
    json_key(j, "type");
    json_text(j, type->name);
    json_key(j, "decimals");
    json_int(j, like->decimals);
    if (str_eq(type->name, "money")) {
        json_key(j, "currency");
        json_text(j, like->currency ? like->currency : w->app->currency);
    }
    if (str_eq(type->name, "rating")) {
        json_key(j, "max");
        json_int(j, like->max.i);
    }
    if (like->unit) { json_key(j, "unit"); json_text(j, like->unit); }
    if ((f->computed || f->other) && like->noption) {
        json_key(j, "options");
        json_map(j);
        for (int i = 0; i < like->noption; i++) {
            json_name(j, like->option[i].value);
            json_text(j, label_show(&like->option[i].label, w->cx.lang, like->option[i].value));
        }
        json_map_end(j);
    }
    put_flag(j, "visible", &f->visible, true, server);
    put_flag(j, "required", &f->required, false, server);
    put_flag(j, "readonly", &f->readonly, false, server);
    put_expr(j, "formula", f->formula, server);
    if (f->via) *server = true;
    put_hangs(j, f);
    put_fills(j, f);
    if (follows(f)) {
        json_key(j, "follows");
        json_bool(j, true);
        *server = true;
    }
    if (field_is_parts(f)) {
        json_key(j, "parts");
        json_list(j);
        for (int i = 0; i < f->npart; i++) put_part(f->part[i], j);
        json_list_end(j);
    }
    if (field_is_rows(f)) {
        json_key(j, "rows");
        put_fields(w, f->rows, NULL, j, server);
    }
    json_map_end(j);
}

static void put_fields(Work *w, const Form *f, const Record *r, Json *j, bool *server)
{
    json_list(j);
    for (int i = f->nsystem; i < f->nfield; i++) {
        if (!f->parent && perm_field(w, f, f->field[i], r) == RIGHT_HIDDEN) continue;
        put_field(w, f->field[i], j, server);
    }
    json_list_end(j);
}

char *page_form_rules(Work *w, const Form *f, const Record *r)
{
    Str s = str_begin(w->cx.a);
    Json j = json_begin(&s);
    bool server = false;

    json_map(&j);
    json_key(&j, "fields");
    put_fields(w, f, r, &j, &server);
    json_key(&j, "sections");
    json_list(&j);
    for (int i = 0; i < f->nsection; i++) {
        const Expr *e = f->section[i].visible;
        if (e && alone(e)) expr_json(e, &j);
        else json_null(&j);
        server |= e && !alone(e);
    }
    json_list_end(&j);
    json_key(&j, "order");
    json_list(&j);
    for (int i = 0; i < f->norder; i++) {
        const Field *x = f->order[i];
        if (!x->formula) continue;
        json_text(&j, x->form->parent
            ? arena_printf(w->cx.a, "%s.%s", x->form->in->key, x->key) : x->key);
    }
    json_list_end(&j);
    json_key(&j, "server");
    json_bool(&j, server);
    json_map_end(&j);
    return (char *)str_show(&s);
}

char *page_form_record(Work *w, const Record *r)
{
    Str s = str_begin(w->cx.a);
    Json j = json_begin(&s);
    const char *status = r->stage ? r->stage->status : NULL;

    json_map(&j);
    json_key(&j, "record");
    record_json(w, r, NULL, 0, &j);
    json_key(&j, "status");
    json_text(&j, status);
    json_key(&j, "me");
    json_int(&j, w->who.id);
    json_key(&j, "department");
    if (w->who.department) json_int(&j, w->who.department);
    else json_null(&j);
    json_key(&j, "admin");
    json_bool(&j, w->who.admin);
    json_key(&j, "roles");
    json_list(&j);
    for (int i = 0; i < w->who.nrole; i++) json_text(&j, w->who.role[i]);
    json_text(&j, "everyone");
    json_list_end(&j);
    json_key(&j, "zone");
    json_text(&j, zone_name(page_zone(w)));
    json_key(&j, "calendar");
    json_text(&j, calendar_pack(w->cx.a, work_asker(w)));
    json_map_end(&j);
    return (char *)str_show(&s);
}
