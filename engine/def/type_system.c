/*
 * type_system.c — types of the fields that the engine makes; YAML cannot name them.
 */
#include "def/form.h"
#include "def/types.h"

static void count_show(const Field *f, Val v, const Show *as, Str *out)
{
    (void)f;
    (void)as;
    str_printf(out, "%lld", (long long)v.i);
}

static void count_json(const Field *f, Val v, Json *out)
{
    (void)f;
    json_int(out, v.i);
}

/* Workflows of one form may share the name of a stage; the first one's label speaks then. */
static void stage_show(const Field *f, Val v, const Show *as, Str *out)
{
    const Form *form = f->form;
    for (int i = 0; form && i < form->nworkflow; i++) {
        const Stage *s = workflow_any_stage(form->workflow[i], v.t);
        if (!s) continue;
        str_add(out, label_show(&s->label, as->lang, s->key));
        return;
    }
    str_add(out, v.t);
}

static void workflow_show(const Field *f, Val v, const Show *as, Str *out)
{
    const Workflow *w = f->form && f->form->app ? app_workflow(f->form->app, v.t) : NULL;
    str_add(out, w ? label_show(&w->label, as->lang, w->key) : v.t);
}

const FieldType type_count = {
    .name = "id", .help = "a whole number of the engine", .internal = true,
    .store = STORE_NUMBER, .type = T_NUMBER, .show = count_show, .json = count_json,
    .align = "end",
};

const FieldType type_stage = {
    .name = "stage", .help = "where the record stands", .internal = true,
    .store = STORE_TEXT, .type = T_TEXT, .show = stage_show, .json = text_json,
};

static void pool_show(const Field *f, Val v, const Show *as, Str *out)
{
    const Pool *p = f->form ? form_pool(f->form, v.t) : NULL;
    str_add(out, p ? label_show(&p->label, as->lang, p->key) : v.t);
}

const FieldType type_pool = {
    .name = "pool", .help = "the pool it waits in for an owner", .internal = true,
    .store = STORE_TEXT, .type = T_TEXT, .show = pool_show, .json = text_json,
};

const FieldType type_workflow = {
    .name = "workflow", .help = "the workflow the record follows", .internal = true,
    .store = STORE_TEXT, .type = T_TEXT, .show = workflow_show, .json = text_json,
};

const FieldType type_none = {
    .name = "none", .help = "not stored", .internal = true, .store = STORE_NONE, .type = T_ANY,
};
