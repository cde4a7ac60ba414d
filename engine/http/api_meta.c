/*
 * api_meta.c — what the caller may use: forms, their fields, views and stages.
 */
#include "http/api.h"
#include "data/press.h"

#include <string.h>

static const char *const right_names[] = { "full", "readonly", "masked", "hidden" };

static void put_options(Work *w, Json *j, const Field *f)
{
    json_key(j, "options");
    json_list(j);
    for (int i = 0; i < f->noption; i++) {
        json_map(j);
        json_key(j, "value"); json_text(j, f->option[i].value);
        json_key(j, "label");
        json_text(j, label_show(&f->option[i].label, w->cx.lang, f->option[i].value));
        if (f->option[i].nof) {
            json_key(j, "of");
            json_list(j);
            for (int k = 0; k < f->option[i].nof; k++) json_text(j, f->option[i].of[k]);
            json_list_end(j);
        }
        if (f->option[i].color) { json_key(j, "color"); json_text(j, f->option[i].color); }
        json_map_end(j);
    }
    json_list_end(j);
}

static void put_field(Work *w, Json *j, const Form *form, const Field *f)
{
    Right right = form->parent ? RIGHT_FULL : perm_field(w, form, f, NULL);
    const char *help = label_show(&f->help, w->cx.lang, NULL);
    if (right == RIGHT_HIDDEN || field_store(f) == STORE_NONE) return;
    json_map(j);
    json_key(j, "name"); json_text(j, f->key);
    json_key(j, "label"); json_text(j, field_label(f, w->cx.lang));
    if (f->type) { json_key(j, "type"); json_text(j, f->type->name); }
    json_key(j, "right"); json_text(j, right_names[right]);
    if (help) { json_key(j, "help"); json_text(j, help); }
    if (f->system) { json_key(j, "system"); json_bool(j, true); }
    if (f->computed) { json_key(j, "computed"); json_bool(j, true); }
    if (f->required.on) { json_key(j, "required"); json_bool(j, true); }
    if (f->unique) { json_key(j, "unique"); json_bool(j, true); }
    if (f->search) { json_key(j, "search"); json_bool(j, true); }
    if (f->to) { json_key(j, "to"); json_text(j, f->to->key); }
    if (f->unit) { json_key(j, "unit"); json_text(j, f->unit); }
    if (f->noption) put_options(w, j, f);
    if (f->npart) {
        json_key(j, "parts");
        json_list(j);
        for (int i = 0; i < f->npart; i++) {
            json_map(j);
            json_key(j, "name"); json_text(j, f->part[i]->name.key);
            json_key(j, "label"); json_text(j, field_label(f->part[i], w->cx.lang));
            json_key(j, "type"); json_text(j, f->part[i]->type->name);
            json_map_end(j);
        }
        json_list_end(j);
    }
    if (f->option_by) { json_key(j, "within"); json_text(j, f->option_by->key); }
    if (f->other) { json_key(j, "allow_other"); json_bool(j, true); }
    if (f->option_form) {
        json_key(j, "options_from");
        json_map(j);
        json_key(j, "form"); json_text(j, f->option_form->key);
        json_key(j, "field"); json_text(j, f->option_field->key);
        json_map_end(j);
    }
    if (f->rows) {
        json_key(j, "fields");
        json_list(j);
        for (int i = f->rows->nsystem; i < f->rows->nfield; i++)
            put_field(w, j, f->rows, f->rows->field[i]);
        json_list_end(j);
    }
    json_map_end(j);
}

static void put_views(Work *w, Json *j, const Form *f)
{
    json_key(j, "views");
    json_list(j);
    for (int i = 0; i < f->nview; i++) {
        const View *v = &f->view[i];
        json_map(j);
        json_key(j, "name"); json_text(j, v->key);
        json_key(j, "label"); json_text(j, label_show(&v->label, w->cx.lang, v->key));
        json_key(j, "type"); json_text(j, view_variants[v->type].name);
        json_key(j, "columns");
        json_list(j);
        for (int k = 0; k < v->ncolumn; k++) json_text(j, v->column[k]->key);
        json_list_end(j);
        json_map_end(j);
    }
    json_list_end(j);
}

static void put_workflow(Work *w, Json *j, const Workflow *flow)
{
    json_map(j);
    json_key(j, "name"); json_text(j, flow->key);
    json_key(j, "label"); json_text(j, label_show(&flow->label, w->cx.lang, flow->key));
    json_key(j, "version"); json_int(j, flow->version);
    json_key(j, "stages");
    json_list(j);
    for (int i = 0; i < flow->nstage; i++) {
        const Stage *s = &flow->stage[i];
        json_map(j);
        json_key(j, "name"); json_text(j, s->key);
        json_key(j, "label"); json_text(j, label_show(&s->label, w->cx.lang, s->key));
        json_key(j, "status"); json_text(j, s->status);
        json_map_end(j);
    }
    json_list_end(j);
    json_key(j, "transitions");
    json_list(j);
    for (int i = 0; i < flow->ntransition; i++) {
        const Transition *t = &flow->transition[i];
        json_map(j);
        json_key(j, "name"); json_text(j, t->key);
        json_key(j, "label"); json_text(j, label_show(&t->label, w->cx.lang, t->key));
        json_key(j, "from");
        json_list(j);
        for (int k = 0; k < t->nfrom; k++) json_text(j, t->from[k]->key);
        json_list_end(j);
        json_key(j, "to"); json_text(j, t->to->key);
        if (t->into) { json_key(j, "workflow"); json_text(j, t->into->key); }
        json_map_end(j);
    }
    json_list_end(j);
    json_map_end(j);
}

static void put_actions(Work *w, Json *j, const Form *f)
{
    Press *all;
    int n = press_list(w, f, &all);
    json_key(j, "actions");
    json_list(j);
    for (int i = 0; i < n; i++) {
        if (all[i].button && perm_field(w, f, all[i].button, NULL) == RIGHT_HIDDEN) continue;
        json_map(j);
        json_key(j, "name"); json_text(j, all[i].name);
        json_key(j, "label"); json_text(j, label_show(all[i].label, w->cx.lang, all[i].name));
        api_params(w, all[i].param, all[i].nparam, j);
        json_map_end(j);
    }
    json_list_end(j);
}

static void put_form(Work *w, Json *j, const Form *f)
{
    json_map(j);
    json_key(j, "name"); json_text(j, f->key);
    json_key(j, "label"); json_text(j, form_label(f, w->cx.lang));
    json_key(j, "icon"); json_text(j, f->icon);
    json_key(j, "may");
    json_map(j);
    for (int i = 0; i < ACT_COUNT; i++) {
        json_name(j, act_name[i]);
        json_bool(j, perm_may(w, f, (Act)i));
    }
    json_map_end(j);
    json_key(j, "fields");
    json_list(j);
    for (int i = 0; i < f->nfield; i++) put_field(w, j, f, f->field[i]);
    json_list_end(j);
    put_views(w, j, f);
    json_key(j, "workflows");
    json_list(j);
    for (int i = 0; i < f->nworkflow; i++) put_workflow(w, j, f->workflow[i]);
    json_list_end(j);
    put_actions(w, j, f);
    json_map_end(j);
}

bool api_forms(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "form", NULL };
    const char *only = request_arg(q, "form");
    if (!request_args_only(&w->cx, q, known)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "app");
    json_text(&j, label_show(&w->app->label, w->cx.lang, w->app->key));
    json_key(&j, "forms");
    json_list(&j);
    for (int i = 0; i < w->app->nform; i++) {
        const Form *f = w->app->form[i];
        if (f->parent || (only && !str_eq(only, f->key))) continue;
        if (perm_may(w, f, ACT_READ) || perm_may(w, f, ACT_CREATE)) put_form(w, &j, f);
    }
    json_list_end(&j);
    json_map_end(&j);
    return !w->cx.err;
}
